-- The current row says itself who wrote it, why and in which change set; the history keeps what was superseded. So a record that never
-- changed, as almost every one of a bulk import, costs one row and not two.
ALTER TABLE travel_documents.document
    ADD COLUMN change_set uuid,
    ADD COLUMN account    text,
    ADD COLUMN why        text,
    ADD COLUMN feed       text;
UPDATE travel_documents.document d SET change_set = v.change_set, account = v.account, why = v.why
FROM travel_documents.version v WHERE v.record = d.record AND v.version = d.version;
ALTER TABLE travel_documents.document ALTER COLUMN change_set SET NOT NULL, ALTER COLUMN account SET NOT NULL;
COMMENT ON COLUMN travel_documents.document.feed IS 'Name of the owner''s feed that brought the record; null when a person or a single request did.';
DELETE FROM travel_documents.version v USING travel_documents.document d WHERE d.record = v.record AND d.version = v.version;

-- Followers of the change log ask what a change set touched: here, and in the history for what was changed again since.
CREATE INDEX document_change_set ON travel_documents.document (change_set);
