-- Days on which nobody is at a desk: clocks that keep its hours stand still.
ALTER TABLE members.desk ADD COLUMN holidays text[] NOT NULL DEFAULT '{}';
