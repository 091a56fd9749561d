-- An answer is handed on only to those who have the same document before them. Nobody joins the cases of before: what is not known of them is not guessed.
ALTER TABLE hits.hit_case ADD COLUMN shared boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN hits.hit_case.shared IS 'All who ask in it met the very number of the record, with its issuer and kind: others who do may join.';
DROP INDEX hits.hit_case_joinable;
CREATE INDEX hit_case_joinable ON hits.hit_case (record, opened_at) WHERE shared AND (state = 'confirmed' OR next_at IS NOT NULL);
