-- Who brought the account along, by handle, and what its owner keeps with it: JSON as text.
ALTER TABLE accounts ADD COLUMN referral text;
ALTER TABLE accounts ADD COLUMN data text;
