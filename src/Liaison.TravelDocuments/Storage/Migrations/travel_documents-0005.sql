-- What an account ended without the approval of a second person, for a day: beyond a limit it takes one.
CREATE TABLE travel_documents.withdrawal_count (
    account text NOT NULL,
    at      timestamptz NOT NULL,
    records bigint NOT NULL CHECK (records > 0)
);
CREATE INDEX withdrawal_count_account ON travel_documents.withdrawal_count (account, at);
GRANT SELECT, INSERT, DELETE ON travel_documents.withdrawal_count TO liaison_app;
