-- Questions that stand: "tell me when this number appears". The number itself is sealed with the hub's key file; what it is found by is a fingerprint
-- as of a kept search.
CREATE TABLE hits.standing_question (
    id            uuid PRIMARY KEY,
    dataset       text NOT NULL,
    member        text NOT NULL,
    account       text NOT NULL,
    issuer        text,
    print         bigint NOT NULL,
    key_id        text NOT NULL,
    question      bytea NOT NULL,
    purpose       text NOT NULL,
    reason        text NOT NULL,
    owner_visible boolean NOT NULL,
    asked_at      timestamptz NOT NULL,
    ends_at       timestamptz NOT NULL,
    ended_at      timestamptz
);
COMMENT ON COLUMN hits.standing_question.question IS 'As the audit has it, JSON, sealed with the line of the key file that key_id names.';
COMMENT ON COLUMN hits.standing_question.ended_at IS 'When its member ended it before its time.';
CREATE INDEX standing_question_print ON hits.standing_question (print) WHERE ended_at IS NULL;
CREATE INDEX standing_question_member ON hits.standing_question (member, id);
CREATE INDEX standing_question_issuer ON hits.standing_question (issuer, id) WHERE owner_visible;
GRANT SELECT, INSERT, UPDATE (ended_at) ON hits.standing_question TO liaison_app;

-- What was told of a question that stands, is remembered as long as it does.
CREATE OR REPLACE FUNCTION hits.forget_leads(told_before timestamptz) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog
    AS $$
        WITH gone AS (
            DELETE FROM hits.lead l WHERE l.at < told_before AND NOT EXISTS (SELECT FROM hits.standing_question q WHERE q.id = l.search) RETURNING 1)
        SELECT count(*) FROM gone
    $$;

-- Removes questions that ended before a moment; the serving role can remove nothing else.
CREATE FUNCTION hits.forget_standing(over_before timestamptz) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog
    AS $$ WITH gone AS (DELETE FROM hits.standing_question WHERE least(ends_at, ended_at) < over_before RETURNING 1) SELECT count(*) FROM gone $$;
REVOKE ALL ON FUNCTION hits.forget_standing FROM PUBLIC;
GRANT EXECUTE ON FUNCTION hits.forget_standing TO liaison_app;
