-- The outbox is read from now on. What it holds from before has no reader any more: nobody may be told today of what happened months ago.
UPDATE platform.outbox SET dispatched_at = now() WHERE dispatched_at IS NULL;
ALTER TABLE platform.outbox
    ADD COLUMN attempts   int NOT NULL DEFAULT 0,
    ADD COLUMN last_fault text,
    ADD COLUMN retry_at   timestamptz;
COMMENT ON COLUMN platform.outbox.last_fault IS 'Kind of the fault or SQLSTATE of the last attempt, never its message: that may quote what the event says.';
GRANT UPDATE (attempts, last_fault, retry_at) ON platform.outbox TO liaison_app;
