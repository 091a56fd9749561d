-- Imports: a file on its way to become records. The rows of a file are staged in a temporary table of the job's own connection, which
-- ends with it, so that nothing is left of a job that was killed.
DO $$ BEGIN
    EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO liaison_app', current_database());
END $$;

CREATE TABLE platform.import_job (
    id              uuid PRIMARY KEY,
    dataset         text NOT NULL,
    member          text NOT NULL,
    account         text NOT NULL,
    key             text NOT NULL,
    digest          bytea NOT NULL,
    feed            text NOT NULL,
    mode            text NOT NULL CHECK (mode IN ('delta', 'full')),
    node            uuid NOT NULL,
    heartbeat_at    timestamptz NOT NULL,
    state           text NOT NULL CHECK (state IN ('received', 'reading', 'merging', 'publishing', 'done', 'failed')),
    received_at     timestamptz NOT NULL,
    started_at      timestamptz,
    finished_at     timestamptz,
    bytes           bigint NOT NULL,
    bytes_read      bigint NOT NULL DEFAULT 0,
    rows            bigint NOT NULL DEFAULT 0,
    recorded        bigint NOT NULL DEFAULT 0,
    changed         bigint NOT NULL DEFAULT 0,
    unchanged       bigint NOT NULL DEFAULT 0,
    withdrawn       bigint NOT NULL DEFAULT 0,
    rejected        bigint NOT NULL DEFAULT 0,
    withdrawals_held boolean NOT NULL DEFAULT false,
    problem_code    text,
    problem_detail  text,
    position        bigint
);
-- One job for a key, unless it failed: then the key may be used again.
CREATE UNIQUE INDEX import_job_key ON platform.import_job (account, key) WHERE key <> '' AND state <> 'failed';
CREATE INDEX import_job_member ON platform.import_job (member, id);
GRANT SELECT, INSERT, UPDATE, DELETE ON platform.import_job TO liaison_app;

CREATE TABLE platform.import_reject (
    job     uuid NOT NULL REFERENCES platform.import_job ON DELETE CASCADE,
    line    bigint NOT NULL,
    field   text NOT NULL,
    code    text NOT NULL,
    message text NOT NULL
);
CREATE INDEX import_reject_job ON platform.import_reject (job, line);
GRANT SELECT, INSERT, DELETE ON platform.import_reject TO liaison_app;
