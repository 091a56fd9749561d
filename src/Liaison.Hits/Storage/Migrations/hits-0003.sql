-- What the owner and one who asked say to each other. The event of the case tells that something was said, and this table what.
CREATE TABLE hits.message (
    id         uuid PRIMARY KEY,
    case_id    uuid NOT NULL REFERENCES hits.hit_case ON DELETE CASCADE,
    hit        uuid NOT NULL,
    member     text NOT NULL,
    account    text NOT NULL,
    at         timestamptz NOT NULL,
    text       text,
    attachment uuid UNIQUE,
    CHECK ((text IS NULL) <> (attachment IS NULL))
);
COMMENT ON COLUMN hits.message.hit IS 'Of the one asker who is a party of it, whoever writes.';
CREATE INDEX message_case ON hits.message (case_id);
CREATE INDEX message_hit ON hits.message (hit, id);
GRANT SELECT, INSERT ON hits.message TO liaison_app;
