-- Events that were taken are forgotten in the end. The serving role can remove none by itself, and nothing that waits or is young.
CREATE FUNCTION platform.purge_outbox(taken_before timestamptz, most int) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog
    AS $$
        WITH due AS (
            SELECT id FROM platform.outbox WHERE dispatched_at < least(taken_before, now() - interval '30 days') ORDER BY id LIMIT most FOR UPDATE SKIP LOCKED),
        gone AS (DELETE FROM platform.outbox o USING due WHERE o.id = due.id RETURNING 1)
        SELECT count(*) FROM gone
    $$;
REVOKE ALL ON FUNCTION platform.purge_outbox FROM PUBLIC;
GRANT EXECUTE ON FUNCTION platform.purge_outbox TO liaison_app;
