-- What a search told of, for those that are kept.
CREATE INDEX outbox_entry ON platform.outbox (audit_entry);

-- Entries that lie outside all months, as of a clock that was years off or a hub that was off for long, end with the retention like the others. There are few or
-- none; but a month whose first entries lie here lies here as a whole, so they go in parts. The serving role names no date, as with the months.
CREATE FUNCTION audit.end_outside_months(most int) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    ended timestamptz := date_trunc('month', now() - (SELECT keep FROM audit.retention));
    gone  bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(x'4C4941490003'::bigint);
    IF NOT EXISTS (SELECT FROM audit.entry_other WHERE at < ended) THEN RETURN 0; END IF;
    ALTER TABLE audit.entry_other DISABLE TRIGGER append_only;
    DELETE FROM audit.entry_other WHERE ctid = ANY (ARRAY(SELECT ctid FROM audit.entry_other WHERE at < ended LIMIT most));
    GET DIAGNOSTICS gone = ROW_COUNT;
    ALTER TABLE audit.entry_other ENABLE TRIGGER append_only;
    RETURN gone;
END $$;
REVOKE ALL ON FUNCTION audit.end_outside_months FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit.end_outside_months TO liaison_app;

-- How far the merge of a file is, while its own transaction is not seen yet.
ALTER TABLE platform.import_job ADD COLUMN merged bigint NOT NULL DEFAULT 0, ADD COLUMN merging_since timestamptz;
