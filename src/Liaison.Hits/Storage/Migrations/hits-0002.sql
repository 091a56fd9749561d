-- Hits that come late: a record that was entered or changed after somebody had asked for it.
ALTER TABLE hits.asker
    DROP CONSTRAINT asker_kind_check,
    ADD CONSTRAINT asker_kind_check CHECK (kind IN ('hit', 'possible', 'sealed', 'referred', 'delayed')),
    ADD COLUMN asked_at timestamptz;
COMMENT ON COLUMN hits.asker.asked_at IS 'When it asked, of a hit that came later; null when the answer itself told of it.';
-- What a search was told of when it was answered, it is not told of again.
CREATE INDEX asker_search ON hits.asker (search);

-- How far the change log was looked through for old questions: one row for each dataset. Within a large set, up to which record.
CREATE TABLE hits.lead_progress (
    dataset  text PRIMARY KEY,
    position bigint NOT NULL,
    record   bigint NOT NULL DEFAULT 0,
    at       timestamptz NOT NULL
);
GRANT SELECT, INSERT, UPDATE ON hits.lead_progress TO liaison_app;

-- What was told already: a record once for each question.
CREATE TABLE hits.lead (
    dataset text NOT NULL,
    search  uuid NOT NULL,
    place   int NOT NULL,
    record  bigint NOT NULL,
    silent  boolean NOT NULL,
    at      timestamptz NOT NULL,
    PRIMARY KEY (search, place, record, silent, dataset)
);
COMMENT ON COLUMN hits.lead.record IS 'Internal key of the dataset.';
COMMENT ON COLUMN hits.lead.silent IS 'Only the owner was told.';
CREATE INDEX lead_at ON hits.lead USING brin (at);
GRANT SELECT, INSERT ON hits.lead TO liaison_app;

-- Removes the marks of questions that are no longer kept; the serving role can remove nothing else.
CREATE FUNCTION hits.forget_leads(told_before timestamptz) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog
    AS $$ WITH gone AS (DELETE FROM hits.lead WHERE at < told_before RETURNING 1) SELECT count(*) FROM gone $$;
REVOKE ALL ON FUNCTION hits.forget_leads FROM PUBLIC;
GRANT EXECUTE ON FUNCTION hits.forget_leads TO liaison_app;
