-- Hits as cases between who asked and who owns the record.
CREATE SCHEMA hits;
GRANT USAGE ON SCHEMA hits TO liaison_app;

-- One case between the owner and all who asked for a record within some hours. A row here is the owner's; what an asker sees is its row below.
CREATE TABLE hits.hit_case (
    id            uuid PRIMARY KEY,
    version       int NOT NULL,
    record        uuid NOT NULL,
    owner         text NOT NULL,
    state         text NOT NULL CHECK (state IN
        ('open', 'acknowledged', 'confirmed', 'notConfirmed', 'withdrawnByOwner', 'unanswered', 'closed')),
    priority      text NOT NULL CHECK (priority IN ('immediate', 'urgent', 'routine', 'low')),
    level         text NOT NULL CHECK (level IN ('desk', 'dutyRoom', 'secretariat')),
    opened_at     timestamptz NOT NULL,
    remind_at     timestamptz NOT NULL,
    due_at        timestamptz NOT NULL,
    lapse_at      timestamptz NOT NULL,
    next_at       timestamptz,
    reminded      boolean NOT NULL DEFAULT false,
    answer        text CHECK (answer IN ('confirmed', 'notConfirmed')),
    answered_at   timestamptz,
    settled_at    timestamptz,
    closed_at     timestamptz,
    audience      text,
    sealed        boolean NOT NULL DEFAULT false,
    CHECK ((state = 'closed') = (closed_at IS NOT NULL)),
    CHECK ((answer IS NULL) = (answered_at IS NULL))
);
COMMENT ON COLUMN hits.hit_case.next_at IS 'When the clock does its next step; null when none is to come.';
COMMENT ON COLUMN hits.hit_case.settled_at IS 'Since when nothing more is waited for but outcomes: it was answered, withdrawn, or left unanswered.';
COMMENT ON COLUMN hits.hit_case.audience IS 'What the owner restricted the record to after hits were made; null when it did not.';
CREATE INDEX hit_case_joinable ON hits.hit_case (record, opened_at) WHERE state NOT IN ('closed', 'withdrawnByOwner');
CREATE INDEX hit_case_record ON hits.hit_case (record);
CREATE INDEX hit_case_owner ON hits.hit_case (owner, id);
CREATE INDEX hit_case_next ON hits.hit_case (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX hit_case_settled ON hits.hit_case (settled_at) WHERE settled_at IS NOT NULL AND closed_at IS NULL;
CREATE INDEX hit_case_closed ON hits.hit_case (closed_at) WHERE closed_at IS NOT NULL;
CREATE INDEX hit_case_secretariat ON hits.hit_case (id) WHERE level = 'secretariat';
GRANT SELECT, INSERT, UPDATE ON hits.hit_case TO liaison_app;

-- Who asked. Its version is its own: another asker of the same record changes nothing here.
CREATE TABLE hits.asker (
    hit         uuid PRIMARY KEY,
    case_id     uuid NOT NULL REFERENCES hits.hit_case,
    version     int NOT NULL,
    member      text NOT NULL,
    account     text NOT NULL,
    unit        text,
    kind        text NOT NULL CHECK (kind IN ('hit', 'possible', 'sealed', 'referred')),
    search      uuid NOT NULL,
    line        bigint,
    reasons     text[] NOT NULL,
    place       text,
    priority    text NOT NULL,
    at          timestamptz NOT NULL,
    due_at      timestamptz NOT NULL,
    outcome     text,
    note        text,
    outcome_at  timestamptz,
    told_at     timestamptz,
    CHECK ((outcome IS NULL) = (outcome_at IS NULL))
);
COMMENT ON COLUMN hits.asker.hit IS 'Id of the outbox event that the search wrote, which its answer names.';
COMMENT ON COLUMN hits.asker.told_at IS 'When it was told that the record ended.';
CREATE INDEX asker_case ON hits.asker (case_id);
CREATE INDEX asker_member ON hits.asker (member, hit);
GRANT SELECT, INSERT, UPDATE ON hits.asker TO liaison_app;

-- What happened, in order; the sequence is the version that it made of the case.
CREATE TABLE hits.event (
    case_id  uuid NOT NULL REFERENCES hits.hit_case,
    sequence int NOT NULL,
    at       timestamptz NOT NULL,
    act      text NOT NULL,
    state    text NOT NULL,
    member   text NOT NULL,
    account  text NOT NULL,
    hit      uuid,
    note     text,
    PRIMARY KEY (case_id, sequence)
);
COMMENT ON COLUMN hits.event.hit IS 'Of the one asker whom it concerns; null for all.';
GRANT SELECT, INSERT ON hits.event TO liaison_app;

-- Removes cases that were closed before a moment, with what hangs on them; the serving role can remove nothing else.
CREATE FUNCTION hits.purge(closed_before timestamptz, most int) RETURNS TABLE (purged uuid, of_owner text)
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog
    AS $$
        WITH due AS (
            SELECT c.id FROM hits.hit_case c WHERE c.closed_at < closed_before ORDER BY c.closed_at LIMIT most FOR UPDATE SKIP LOCKED),
        events AS (DELETE FROM hits.event e USING due WHERE e.case_id = due.id RETURNING 1),
        askers AS (DELETE FROM hits.asker a USING due WHERE a.case_id = due.id RETURNING 1)
        DELETE FROM hits.hit_case c USING due WHERE c.id = due.id RETURNING c.id, c.owner
    $$;
REVOKE ALL ON FUNCTION hits.purge FROM PUBLIC;
GRANT EXECUTE ON FUNCTION hits.purge TO liaison_app;
