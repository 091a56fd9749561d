-- Under load what is kept of searches is written some later than their audit entries, several batches together. A writer says so before it does; what it
-- still held when it died is made anew from the audit (ADR 0017).
CREATE TABLE platform.kept_writer (
    writer   uuid PRIMARY KEY,
    through  timestamptz NOT NULL,
    seen     timestamptz NOT NULL
) WITH (fillfactor = 50);
COMMENT ON COLUMN platform.kept_writer.through IS 'By the clock of the node: what it wrote to the audit from then on it may still hold.';
COMMENT ON COLUMN platform.kept_writer.seen IS 'By the clock of the database: when it last said so.';
GRANT SELECT, INSERT, UPDATE, DELETE ON platform.kept_writer TO liaison_app;

-- Rows of some kilobytes stay in the table's pages: what is read in order gains nothing from a place aside.
ALTER TABLE platform.kept_inquiry SET (toast_tuple_target = 8160);
