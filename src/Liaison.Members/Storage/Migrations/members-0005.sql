-- How often all sessions of an account were ended: a sign-in that was under way then begins none.
ALTER TABLE members.account ADD COLUMN sign_in_epoch bigint NOT NULL DEFAULT 0;
