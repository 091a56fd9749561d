-- Travel documents: the current row per record, and its history. Non-nominal: no column holds anything about a person.
CREATE SCHEMA travel_documents;
GRANT USAGE ON SCHEMA travel_documents TO liaison_app;

CREATE TABLE travel_documents.document (
    record                 bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id                     uuid NOT NULL UNIQUE,
    version                int NOT NULL,
    owner                  text NOT NULL,
    number                 text NOT NULL,
    number_key             text NOT NULL,
    range_to               text,
    range_to_key           text,
    issuer                 text NOT NULL,
    kind                   text NOT NULL,
    status                 text NOT NULL,
    event_date             text,
    event_place            text,
    reporting_country      text,
    issue_date             text,
    expiry_date            text,
    reason_code            text,
    legal_basis            text,
    national_reference     text,
    additional_information text,
    found                  boolean NOT NULL,
    found_date             text,
    found_place            text,
    review_date            date NOT NULL,
    recorded_at            timestamptz NOT NULL,
    changed_at             timestamptz NOT NULL,
    withdrawal_reason      text,
    withdrawn_at           timestamptz,
    CHECK ((withdrawal_reason IS NULL) = (withdrawn_at IS NULL)),
    CHECK ((range_to IS NULL) = (range_to_key IS NULL))
);
-- One active record per document; a withdrawn one does not stand in the way of a new one.
CREATE UNIQUE INDEX document_active ON travel_documents.document (issuer, kind, number_key, coalesce(range_to_key, ''))
    WHERE withdrawn_at IS NULL;
-- A member's own list, newest first, by keyset.
CREATE INDEX document_owner ON travel_documents.document (owner, record);
GRANT SELECT, INSERT, UPDATE ON travel_documents.document TO liaison_app;

CREATE TABLE travel_documents.version (
    record     bigint NOT NULL REFERENCES travel_documents.document,
    version    int NOT NULL,
    change_set uuid NOT NULL,
    at         timestamptz NOT NULL,
    account    text NOT NULL,
    why        text,
    document   jsonb NOT NULL,
    PRIMARY KEY (record, version)
);
-- Indexes on other nodes follow the change log and ask what a change set touched.
CREATE INDEX version_change_set ON travel_documents.version (change_set);
GRANT SELECT, INSERT ON travel_documents.version TO liaison_app;
