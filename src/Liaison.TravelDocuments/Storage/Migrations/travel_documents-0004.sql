-- What a record says of its own handling, and what becomes of it in time.
ALTER TABLE travel_documents.document
    DROP CONSTRAINT document_audience_check,
    -- Members, groups of members and units. What is there was held to a narrower rule.
    ADD CONSTRAINT document_audience_check CHECK (audience ~ '^(not|only)( (@[A-Z0-9-]{2,32}|[A-Z0-9-]{2,32}(/[A-Z0-9-]{1,32})*))+$') NOT VALID,
    ADD COLUMN sealed          boolean NOT NULL DEFAULT false,
    ADD COLUMN handling        text CHECK (handling ~ '^H[0-3]( H[1-3])*(\n.+)?$'),
    ADD COLUMN onward_transfer text CHECK (onward_transfer IN ('allowed', 'askOwner', 'forbidden')),
    ADD COLUMN held_at         timestamptz,
    ADD COLUMN reminded_for    date;
COMMENT ON COLUMN travel_documents.document.audience IS
    'not @EU GBR: everybody but these members, groups and units; only DEU ESP/BORDER: these alone; null: everybody.';
COMMENT ON COLUMN travel_documents.document.handling IS 'H1 H3, and on the lines after it the text; null: the owner said nothing, which is H0.';
COMMENT ON COLUMN travel_documents.document.onward_transfer IS 'As the owner said it; null: nothing, which is allowed. H2 makes it at least askOwner.';
COMMENT ON COLUMN travel_documents.document.held_at IS 'Legal hold: neither expires nor is purged.';
COMMENT ON COLUMN travel_documents.document.reminded_for IS 'The review date that its owner was reminded of.';

-- What the jobs of retention look for, each record in at most one of the three, so that a run costs what it does and not what there is.
CREATE INDEX document_to_remind ON travel_documents.document (review_date)
    WHERE withdrawn_at IS NULL AND reminded_for IS DISTINCT FROM review_date;
CREATE INDEX document_to_expire ON travel_documents.document (review_date)
    WHERE withdrawn_at IS NULL AND held_at IS NULL AND reminded_for = review_date;
CREATE INDEX document_to_purge ON travel_documents.document (withdrawn_at) WHERE withdrawn_at IS NOT NULL AND held_at IS NULL;

-- What is left of a record that ended: no number, no content. It bars the same document from being recorded again unseen, where the report
-- was wrong, and tells that a purged record once was.
CREATE TABLE travel_documents.tombstone (
    id          uuid PRIMARY KEY,
    owner       text NOT NULL,
    issuer      text NOT NULL,
    fingerprint bytea NOT NULL,
    reason      text NOT NULL,
    ended_at    timestamptz NOT NULL,
    bars        boolean NOT NULL,
    purged_at   timestamptz
);
COMMENT ON COLUMN travel_documents.tombstone.bars IS 'The document may be recorded again only by saying so; false once it was.';
CREATE INDEX tombstone_bars ON travel_documents.tombstone (owner, fingerprint) WHERE bars;
GRANT SELECT, INSERT, UPDATE (bars) ON travel_documents.tombstone TO liaison_app;

-- Goes into every fingerprint, so that those of two hubs cannot be compared. No secret from who holds the database: numbers can be tried.
CREATE TABLE travel_documents.fingerprint_key (one boolean PRIMARY KEY CHECK (one), key bytea NOT NULL);
INSERT INTO travel_documents.fingerprint_key VALUES (true, uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));
GRANT SELECT ON travel_documents.fingerprint_key TO liaison_app;

CREATE FUNCTION travel_documents.fingerprint(key bytea, issuer text, kind text, number_key text, range_to_key text) RETURNS bytea
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN sha256(key || convert_to(issuer || ' ' || kind || ' ' || number_key || ' ' || coalesce(range_to_key, ''), 'UTF8'));

INSERT INTO travel_documents.tombstone (id, owner, issuer, fingerprint, reason, ended_at, bars)
SELECT d.id, d.owner, d.issuer, travel_documents.fingerprint(k.key, d.issuer, d.kind, d.number_key, d.range_to_key), d.withdrawal_reason,
    d.withdrawn_at, true
FROM travel_documents.document d, travel_documents.fingerprint_key k
WHERE d.withdrawal_reason IN ('enteredInError', 'falseReport', 'returnedAndValid');

-- Removes records that ended before a moment, with their history; the serving role can remove nothing else.
CREATE FUNCTION travel_documents.purge(ended_before timestamptz, most int, at timestamptz) RETURNS TABLE (purged uuid, of_owner text)
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog
    AS $$
        WITH due AS (
            SELECT d.record FROM travel_documents.document d
            WHERE d.withdrawn_at IS NOT NULL AND d.held_at IS NULL AND d.withdrawn_at < ended_before
            ORDER BY d.withdrawn_at LIMIT most FOR UPDATE SKIP LOCKED),
        past AS (DELETE FROM travel_documents.version v USING due WHERE v.record = due.record),
        gone AS (DELETE FROM travel_documents.document d USING due WHERE d.record = due.record
            RETURNING d.id, d.owner, d.issuer, d.kind, d.number_key, d.range_to_key, d.withdrawal_reason, d.withdrawn_at)
        INSERT INTO travel_documents.tombstone AS t (id, owner, issuer, fingerprint, reason, ended_at, bars, purged_at)
        SELECT g.id, g.owner, g.issuer, travel_documents.fingerprint(k.key, g.issuer, g.kind, g.number_key, g.range_to_key),
            g.withdrawal_reason, g.withdrawn_at, false, purge.at
        FROM gone g, travel_documents.fingerprint_key k
        ON CONFLICT (id) DO UPDATE SET purged_at = excluded.purged_at
        RETURNING t.id, t.owner
    $$;
REVOKE ALL ON FUNCTION travel_documents.purge FROM PUBLIC;
GRANT EXECUTE ON FUNCTION travel_documents.purge TO liaison_app;
