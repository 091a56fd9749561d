-- Who lets a question stand knows what a search finds, which may be less than is committed: an import of a million records is on its way into the index for
-- seconds. What came after this position is held against the question, also when it was gone through already; what came before was there to be found.
ALTER TABLE hits.standing_question ADD COLUMN position bigint;
COMMENT ON COLUMN hits.standing_question.position IS 'Of the change log: a search knew every change up to it when the question was let stand. Null for questions of before.';
CREATE INDEX standing_question_asked ON hits.standing_question (asked_at) WHERE ended_at IS NULL AND position IS NOT NULL;
