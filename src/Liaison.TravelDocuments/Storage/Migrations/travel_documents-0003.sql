-- Whom a record is for besides its owner.
ALTER TABLE travel_documents.document ADD COLUMN audience text CHECK (audience ~ '^(not|only)( [A-Z0-9]{2,8})+$');
COMMENT ON COLUMN travel_documents.document.audience IS 'not GBR UTO: everybody but these members; only DEU ESP: these alone; null: everybody.';
