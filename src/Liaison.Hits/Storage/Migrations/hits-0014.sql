-- What answers told of without a case: sealed records that were one with another to the asker, or only possible, and those of which their owner alone was
-- told. When such a record is amended, none of it is told again: the asker could count what it must not.
CREATE TABLE hits.told (
    search uuid NOT NULL,
    record uuid NOT NULL,
    silent boolean NOT NULL,
    at     timestamptz NOT NULL,
    PRIMARY KEY (search, record, silent)
);
COMMENT ON COLUMN hits.told.silent IS 'Only the owner was told.';
CREATE INDEX told_at ON hits.told USING brin (at);
GRANT SELECT, INSERT ON hits.told TO liaison_app;

-- Removes it with the searches that it tells of; the serving role can remove nothing else.
CREATE FUNCTION hits.forget_told(told_before timestamptz, most int) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog
    AS $$
        WITH gone AS (
            DELETE FROM hits.told WHERE ctid = ANY (ARRAY(SELECT ctid FROM hits.told WHERE at < told_before LIMIT most)) RETURNING 1)
        SELECT count(*) FROM gone
    $$;
REVOKE ALL ON FUNCTION hits.forget_told FROM PUBLIC;
GRANT EXECUTE ON FUNCTION hits.forget_told TO liaison_app;
