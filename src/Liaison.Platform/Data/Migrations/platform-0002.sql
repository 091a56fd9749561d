-- How many records a change set touched: followers load a large one aside, so that it does not hold up the small ones after it.
-- Sets from before this column count as small; an index that starts anew reads the records and not the log.
ALTER TABLE platform.change_log ADD COLUMN records int NOT NULL DEFAULT 1 CHECK (records >= 0);
