-- What an account ended without the approval of a second person, for a day: beyond a limit it takes one.
CREATE TABLE travel_documents.withdrawal_count (
    account text NOT NULL,
    at      timestamptz NOT NULL,
    records bigint NOT NULL CHECK (records > 0)
);
CREATE INDEX withdrawal_count_account ON travel_documents.withdrawal_count (account, at);
GRANT SELECT, INSERT, DELETE ON travel_documents.withdrawal_count TO liaison_app;

-- When its owner was reminded: a reminder that comes late, as after a long outage, gives its time all the same. Of those from before this
-- column it is not known, and they are taken as reminded in time.
ALTER TABLE travel_documents.document ADD COLUMN reminded_at timestamptz;
DROP INDEX travel_documents.document_to_expire;
CREATE INDEX document_to_expire ON travel_documents.document (review_date, reminded_at)
    WHERE withdrawn_at IS NULL AND held_at IS NULL AND reminded_for = review_date;
