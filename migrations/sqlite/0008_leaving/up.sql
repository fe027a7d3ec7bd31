-- When the owner asked for the deletion of the account; erasing it is an operator's act.
ALTER TABLE accounts ADD COLUMN delete_requested_at INTEGER;
