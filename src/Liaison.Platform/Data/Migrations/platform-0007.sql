-- What is kept of searches for some time, so that a record that comes later finds who asked for it. One row for all that were written to the
-- audit together. Its body (ADR 0017) holds ids of audit entries and fingerprints under a key that is not in the database: no number, no name.
CREATE TABLE platform.kept_inquiry (
    id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at    timestamptz NOT NULL,
    body  bytea NOT NULL
);
-- Fingerprints do not compress.
ALTER TABLE platform.kept_inquiry ALTER COLUMN body SET STORAGE EXTERNAL;
CREATE INDEX kept_inquiry_at ON platform.kept_inquiry USING brin (at);
GRANT SELECT, INSERT ON platform.kept_inquiry TO liaison_app;

-- Removes what was kept before a moment, the oldest first; the serving role can remove nothing else.
CREATE FUNCTION platform.forget_searches(kept_before timestamptz, most int) RETURNS int
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog
    AS $$
        WITH gone AS (
            DELETE FROM platform.kept_inquiry k USING (
                SELECT id FROM (SELECT id, at FROM platform.kept_inquiry ORDER BY id LIMIT most) oldest WHERE at < kept_before) due
            WHERE k.id = due.id RETURNING 1)
        SELECT count(*)::int FROM gone
    $$;
REVOKE ALL ON FUNCTION platform.forget_searches FROM PUBLIC;
GRANT EXECUTE ON FUNCTION platform.forget_searches TO liaison_app;
