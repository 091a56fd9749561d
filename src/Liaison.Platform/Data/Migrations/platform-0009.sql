-- Addresses of members that the hub calls with what they are told.
CREATE TABLE platform.webhook (
    id            uuid PRIMARY KEY,
    member        text NOT NULL,
    url           text NOT NULL,
    types         text[] NOT NULL,
    state         text NOT NULL CHECK (state IN ('checking', 'active', 'paused', 'ended')),
    why           text,
    registered_at timestamptz NOT NULL,
    state_at      timestamptz NOT NULL,
    position      bigint NOT NULL,
    key           text NOT NULL,
    secret        bytea NOT NULL,
    old_key       text,
    old_secret    bytea,
    old_until     timestamptz,
    failing_since timestamptz,
    lease_until   timestamptz NOT NULL DEFAULT '-infinity',
    CHECK ((old_secret IS NULL) = (old_key IS NULL) AND (old_secret IS NULL) = (old_until IS NULL))
);
COMMENT ON COLUMN platform.webhook.position IS 'Up to here the events of the member''s feed have become deliveries.';
COMMENT ON COLUMN platform.webhook.secret IS 'Sealed with the key file; of that key the column beside has the id.';
COMMENT ON COLUMN platform.webhook.failing_since IS 'Since when no call was answered as it should be; null after one that was.';
COMMENT ON COLUMN platform.webhook.lease_until IS 'Until then one node calls it, by the database''s clock; a node that dies leaves it to another.';
CREATE UNIQUE INDEX webhook_once ON platform.webhook (member, url) WHERE state <> 'ended';
GRANT SELECT, INSERT, UPDATE ON platform.webhook TO liaison_app;

-- What is still to be told there, and what could not be. What was told has no row.
CREATE TABLE platform.delivery (
    webhook     uuid NOT NULL REFERENCES platform.webhook,
    member      text NOT NULL,
    position    bigint NOT NULL,
    subject     text,
    attempts    int NOT NULL DEFAULT 0,
    next_at     timestamptz NOT NULL,
    last_answer text,
    dead_at     timestamptz,
    PRIMARY KEY (webhook, position),
    FOREIGN KEY (member, position) REFERENCES platform.member_event ON DELETE CASCADE
);
COMMENT ON COLUMN platform.delivery.last_answer IS 'HTTP status, or a code of why there was none; never what the other side wrote.';
CREATE INDEX delivery_event ON platform.delivery (member, position);
CREATE INDEX delivery_due ON platform.delivery (webhook, next_at) WHERE dead_at IS NULL;
CREATE INDEX delivery_subject ON platform.delivery (webhook, subject, position) WHERE dead_at IS NULL;
GRANT SELECT, INSERT, UPDATE, DELETE ON platform.delivery TO liaison_app;
