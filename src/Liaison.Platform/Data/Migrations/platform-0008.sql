-- Files that one party of a case hands to another. The bytes lie in pieces, so that nobody holds ten megabytes in memory to send or to take one.
CREATE TABLE platform.attachment (
    id      uuid PRIMARY KEY,
    holder  uuid NOT NULL,
    part    uuid NOT NULL,
    member  text NOT NULL,
    account text NOT NULL,
    at      timestamptz NOT NULL,
    name    text NOT NULL,
    type    text NOT NULL CHECK (type IN ('application/pdf', 'image/jpeg', 'image/png', 'image/tiff', 'text/plain')),
    bytes   int NOT NULL CHECK (bytes BETWEEN 1 AND 10485760),
    sha256  bytea NOT NULL CHECK (octet_length(sha256) = 32)
);
COMMENT ON COLUMN platform.attachment.holder IS 'What it hangs on, as a case: it is removed with it.';
COMMENT ON COLUMN platform.attachment.part IS 'The part of it that has room for so much, as what two parties say to each other.';
CREATE INDEX attachment_holder ON platform.attachment (holder, part);
GRANT SELECT, INSERT, DELETE ON platform.attachment TO liaison_app;

CREATE TABLE platform.attachment_piece (
    attachment uuid NOT NULL REFERENCES platform.attachment ON DELETE CASCADE,
    number     int NOT NULL,
    content    bytea NOT NULL,
    PRIMARY KEY (attachment, number)
);
-- What comes is compressed already.
ALTER TABLE platform.attachment_piece ALTER COLUMN content SET STORAGE EXTERNAL;
GRANT SELECT, INSERT ON platform.attachment_piece TO liaison_app;

-- What members are told, each in an order of its own: a number that counted for all would tell one member how much the others are told.
CREATE TABLE platform.member_feed (
    member  text PRIMARY KEY,
    last    bigint NOT NULL,
    removed bigint NOT NULL DEFAULT 0
);
COMMENT ON COLUMN platform.member_feed.removed IS 'Up to which position events were removed in time: whoever asks for what comes after an earlier one has missed some.';
GRANT SELECT, INSERT, UPDATE ON platform.member_feed TO liaison_app;

CREATE TABLE platform.member_event (
    member   text NOT NULL,
    position bigint NOT NULL,
    event    uuid NOT NULL,
    type     text NOT NULL,
    at       timestamptz NOT NULL,
    told_at  timestamptz NOT NULL,
    subject  text,
    data     jsonb NOT NULL,
    PRIMARY KEY (member, position)
);
COMMENT ON COLUMN platform.member_event.position IS 'Given by the one reader of the outbox, so that no position is seen before an earlier one.';
CREATE INDEX member_event_told ON platform.member_event (told_at);
GRANT SELECT, INSERT, DELETE ON platform.member_event TO liaison_app;
