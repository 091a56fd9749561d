-- No purposes is none: every purpose of the agreements is said by saying nothing, so that who takes the last one away opens none.
ALTER TABLE members.unit ALTER COLUMN purposes DROP NOT NULL;
UPDATE members.unit SET purposes = NULL WHERE cardinality(purposes) = 0;

-- Every request says which right its asker must still have when it is approved; before, only those of modules did.
ALTER TABLE members.request DROP CONSTRAINT request_of_module;
UPDATE members.request SET needs = CASE WHEN act LIKE 'member.%' OR act LIKE 'agreement.%' THEN 'hub.administer' ELSE 'members.manage' END WHERE needs IS NULL;
ALTER TABLE members.request ALTER COLUMN needs SET NOT NULL;
