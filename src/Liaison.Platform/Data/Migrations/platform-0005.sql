-- An import that would end very much waits for a second person. Its file stays on the disk of the node that took it; with these columns that
-- node goes on with it, also after a restart.
ALTER TABLE platform.import_job
    DROP CONSTRAINT import_job_state_check,
    ADD CONSTRAINT import_job_state_check CHECK (state IN ('received', 'reading', 'merging', 'waiting', 'publishing', 'done', 'failed')),
    ADD COLUMN approval       uuid,
    ADD COLUMN approval_until timestamptz,
    ADD COLUMN would_withdraw bigint,
    ADD COLUMN of_records     bigint,
    ADD COLUMN terms          jsonb,
    ADD CONSTRAINT import_job_waiting CHECK (state <> 'waiting'
        OR (approval, approval_until, would_withdraw, of_records, terms) IS NOT NULL);
COMMENT ON COLUMN platform.import_job.would_withdraw IS 'How many records may end when the approval is given; a file that would end more by then is refused.';
COMMENT ON COLUMN platform.import_job.terms IS 'What the request said besides what has a column: media type, limit, purpose, reference.';
