-- The handle is unique among sessions that have not ended; the other index serves long lists of such sessions.
ALTER TABLE sessions ADD COLUMN handle TEXT NOT NULL DEFAULT '';
UPDATE sessions SET handle = lower(substr(hex(id), 25, 8));
CREATE UNIQUE INDEX sessions_handle ON sessions (account, handle) WHERE ended_at IS NULL;
DROP INDEX sessions_by_account;
CREATE INDEX sessions_unended ON sessions (account, created_at, id) WHERE ended_at IS NULL;

ALTER TABLE accounts ADD COLUMN last_sign_in_at INTEGER;
