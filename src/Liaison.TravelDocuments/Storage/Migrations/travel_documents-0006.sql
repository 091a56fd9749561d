-- How far a merge is, whose rows nobody sees before it is committed.
GRANT SELECT ON SEQUENCE travel_documents.document_record_seq TO liaison_app;
