-- The audit in partitions by month, so that retention drops whole months and nothing ever updates or deletes a row.
-- Entries go in by binary COPY; the id of a batch's first entry tells whether the batch is durable, so batches need no table of their own.
ALTER TABLE audit.entry RENAME TO entry_unpartitioned;
ALTER INDEX audit.entry_pkey RENAME TO entry_unpartitioned_pkey;
ALTER INDEX audit.entry_at RENAME TO entry_unpartitioned_at;

CREATE TABLE audit.entry (
    id           uuid NOT NULL,
    batch        uuid NOT NULL,
    at           timestamptz NOT NULL,
    event        text NOT NULL,
    outcome      text NOT NULL,
    member       text NOT NULL,
    account      text NOT NULL,
    purpose      text,
    reference    text,
    on_behalf_of text,
    place        text,
    occurred_at  timestamptz,
    subject      text,
    asked        text NOT NULL,
    records      uuid[] NOT NULL,
    salt         bytea NOT NULL CHECK (octet_length(salt) = 16),
    -- Ids are UUID v7, so this index grows at its end.
    PRIMARY KEY (id, at)
) PARTITION BY RANGE (at);
CREATE INDEX entry_at ON audit.entry USING brin (at);
-- Finds the blocks that may hold a number at a small part of what a tree costs when rows come in by the ten thousand a second.
CREATE INDEX entry_subject ON audit.entry USING brin (subject text_bloom_ops) WITH (pages_per_range = 32, autosummarize = on);
GRANT SELECT, INSERT ON audit.entry TO liaison_app;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit.entry
    FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();

-- How long entries are kept. Only the owner of the database changes it: UPDATE audit.retention SET keep = interval '5 years'.
CREATE TABLE audit.retention (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    keep     interval NOT NULL DEFAULT interval '10 years' CHECK (keep >= interval '1 year')
);
INSERT INTO audit.retention DEFAULT VALUES;
GRANT SELECT ON audit.retention TO liaison_app;

-- One partition, with its guard: a statement that names the partition itself passes by the triggers of the parent.
CREATE FUNCTION audit.add_partition(name text, bounds text) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    EXECUTE format('CREATE TABLE audit.%I PARTITION OF audit.entry %s', name, bounds);
    EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit.%I
                    FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change()', name);
END $$;
REVOKE ALL ON FUNCTION audit.add_partition FROM PUBLIC;

-- Months are made ahead; what falls outside them all the same, as with a clock that is years off, must not stop the audit.
SELECT audit.add_partition('entry_other', 'DEFAULT');

CREATE FUNCTION audit.add_month(month timestamptz) RETURNS boolean LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
    first timestamp := date_trunc('month', month AT TIME ZONE 'UTC');
    name  text := 'entry_' || to_char(first, 'YYYY_MM');
BEGIN
    IF to_regclass('audit.' || name) IS NOT NULL THEN RETURN false; END IF;
    PERFORM audit.add_partition(name, format('FOR VALUES FROM (%L) TO (%L)',
        first AT TIME ZONE 'UTC', (first + interval '1 month') AT TIME ZONE 'UTC'));
    RETURN true;
EXCEPTION
    -- Another node was faster, or entries of the month lie in entry_other already and stay there.
    WHEN duplicate_table OR check_violation THEN RETURN false;
END $$;
REVOKE ALL ON FUNCTION audit.add_month FROM PUBLIC;

-- What the serving role may ask for: the months of today and the next two, and the end of what is older than the retention, by the
-- database's clock. It names no date itself, so that it can neither keep nor drop anything else.
CREATE FUNCTION audit.keep_partitions() RETURNS int LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    changed int := 0;
    old     record;
BEGIN
    PERFORM pg_advisory_xact_lock(x'4C4941490003'::bigint);
    FOR ahead IN 0..2 LOOP
        IF audit.add_month(now() + ahead * interval '1 month') THEN changed := changed + 1; END IF;
    END LOOP;
    FOR old IN
        SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'audit.entry'::regclass AND c.relname ~ '^entry_\d{4}_\d{2}$'
          AND (to_timestamp(right(c.relname, 7), 'YYYY_MM')::timestamp + interval '1 month') AT TIME ZONE 'UTC'
              < now() - (SELECT keep FROM audit.retention)
    LOOP
        EXECUTE format('DROP TABLE audit.%I', old.relname);
        changed := changed + 1;
    END LOOP;
    RETURN changed;
END $$;
REVOKE ALL ON FUNCTION audit.keep_partitions FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit.keep_partitions TO liaison_app;

DO $$
DECLARE
    month timestamptz;
BEGIN
    FOR month IN
        SELECT generate_series(date_trunc('month', min(at) AT TIME ZONE 'UTC') AT TIME ZONE 'UTC', max(at), interval '1 month')
        FROM audit.entry_unpartitioned
    LOOP
        PERFORM audit.add_month(month);
    END LOOP;
END $$;
SELECT audit.keep_partitions();
INSERT INTO audit.entry SELECT * FROM audit.entry_unpartitioned;
DROP TABLE audit.entry_unpartitioned;
DROP TABLE audit.batch;

-- Every entry on a number, those that ask for many numbers at once too.
CREATE FUNCTION audit.find_subject(number text, since timestamptz, until timestamptz) RETURNS SETOF audit.entry
LANGUAGE sql STABLE AS $$
    SELECT * FROM audit.entry WHERE at >= since AND at < until AND subject = number
    UNION ALL
    SELECT * FROM audit.entry WHERE at >= since AND at < until AND subject IS NULL AND strpos(asked, '"' || number || '"') > 0
    ORDER BY 3
$$;
GRANT EXECUTE ON FUNCTION audit.find_subject TO liaison_app;
