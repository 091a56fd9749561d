-- Requests of other modules: whose second person decides, and what the account must still be allowed to do for its asking to count.
-- stands: what was there when it was asked for; what was approved is done only to that. collected_at: when the asker got the one-time link.
ALTER TABLE members.request
    ADD COLUMN of_member    text REFERENCES members.member,
    ADD COLUMN needs        text,
    ADD COLUMN stands       text,
    ADD COLUMN collected_at timestamptz,
    ADD CONSTRAINT request_of_module CHECK ((of_member IS NULL) = (needs IS NULL));

-- Days of which bureaus were told what their units did; each once, whichever node runs the jobs.
CREATE TABLE members.use_told (
    day     date PRIMARY KEY,
    told_at timestamptz NOT NULL
);
GRANT SELECT, INSERT ON members.use_told TO liaison_app;
