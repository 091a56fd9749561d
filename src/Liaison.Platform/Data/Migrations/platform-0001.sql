-- Platform: what every module stands on. Two roles from the first migration: liaison_owner migrates, liaison_app serves.
CREATE SCHEMA platform;
CREATE SCHEMA audit;
GRANT USAGE ON SCHEMA platform, audit TO liaison_app;

-- Who this database is: an index or a copy made from another one is never followed.
CREATE TABLE platform.identity (
    only_row   boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    database   uuid NOT NULL DEFAULT gen_random_uuid(),
    history    uuid NOT NULL DEFAULT gen_random_uuid(),
    created_at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO platform.identity DEFAULT VALUES;
GRANT SELECT ON platform.identity TO liaison_app;

-- One row per committed change set, in commit order: drawn as the last statement of a writing transaction under an advisory lock.
CREATE TABLE platform.change_log (
    position   bigint PRIMARY KEY,
    change_set uuid NOT NULL UNIQUE,
    module     text NOT NULL,
    at         timestamptz NOT NULL
);
GRANT SELECT, INSERT ON platform.change_log TO liaison_app;

CREATE TABLE platform.outbox (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event         uuid NOT NULL UNIQUE,
    type          text NOT NULL,
    at            timestamptz NOT NULL,
    audit_entry   uuid NOT NULL,
    payload       jsonb NOT NULL,
    dispatched_at timestamptz
);
CREATE INDEX outbox_waiting ON platform.outbox (id) WHERE dispatched_at IS NULL;
GRANT SELECT, INSERT, UPDATE (dispatched_at) ON platform.outbox TO liaison_app;

CREATE TABLE platform.idempotency (
    account  text NOT NULL,
    key      text NOT NULL,
    digest   bytea NOT NULL,
    at       timestamptz NOT NULL,
    status   int,
    body     text,
    etag     text,
    location text,
    PRIMARY KEY (account, key)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON platform.idempotency TO liaison_app;

-- docs/spec/audit-entry.md: the columns are the canonical entry; the salt hides it in a later seal.
CREATE TABLE audit.batch (
    id uuid PRIMARY KEY,
    at timestamptz NOT NULL
);
CREATE TABLE audit.entry (
    id           uuid PRIMARY KEY,
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
    salt         bytea NOT NULL CHECK (octet_length(salt) = 16)
);
CREATE INDEX entry_at ON audit.entry USING brin (at);
GRANT SELECT, INSERT ON audit.batch, audit.entry TO liaison_app;

-- Also the owner's own statements may not quietly rewrite history: retention drops whole partitions, nothing updates a row.
CREATE FUNCTION audit.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit is append-only';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit.entry
    FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit.batch
    FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();
