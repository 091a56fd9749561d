-- The same as before, so many at once: in one go nothing would be removed any more once it is more than a statement has time for.
DROP FUNCTION hits.forget_leads(timestamptz);
CREATE FUNCTION hits.forget_leads(told_before timestamptz, most int) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog
    AS $$
        WITH gone AS (
            DELETE FROM hits.lead WHERE ctid = ANY (ARRAY(
                SELECT l.ctid FROM hits.lead l WHERE l.at < told_before AND NOT EXISTS (SELECT FROM hits.standing_question q WHERE q.id = l.search) LIMIT most))
            RETURNING 1)
        SELECT count(*) FROM gone
    $$;
REVOKE ALL ON FUNCTION hits.forget_leads FROM PUBLIC;
GRANT EXECUTE ON FUNCTION hits.forget_leads TO liaison_app;

DROP FUNCTION hits.forget_standing(timestamptz);
CREATE FUNCTION hits.forget_standing(over_before timestamptz, most int) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog
    AS $$
        WITH gone AS (
            DELETE FROM hits.standing_question WHERE ctid = ANY (ARRAY(
                SELECT ctid FROM hits.standing_question WHERE least(ends_at, ended_at) < over_before LIMIT most)) RETURNING 1)
        SELECT count(*) FROM gone
    $$;
REVOKE ALL ON FUNCTION hits.forget_standing FROM PUBLIC;
GRANT EXECUTE ON FUNCTION hits.forget_standing TO liaison_app;
