-- Entries that lie outside all months, as of a clock that was years off or a hub that was off for long, end with the retention like the others.
CREATE OR REPLACE FUNCTION audit.keep_partitions() RETURNS int LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
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
    -- What has no month of its own is few rows or none; a month whose first entries lie here is here as a whole.
    IF EXISTS (SELECT FROM audit.entry_other WHERE at < date_trunc('month', now() - (SELECT keep FROM audit.retention))) THEN
        ALTER TABLE audit.entry_other DISABLE TRIGGER append_only;
        DELETE FROM audit.entry_other WHERE at < date_trunc('month', now() - (SELECT keep FROM audit.retention));
        ALTER TABLE audit.entry_other ENABLE TRIGGER append_only;
        changed := changed + 1;
    END IF;
    RETURN changed;
END $$;
