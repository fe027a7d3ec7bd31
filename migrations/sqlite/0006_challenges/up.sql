-- What a session must prove before it is a credential: how much, and until when, stands in its own row, so that
-- recognising a credential costs one read.
ALTER TABLE sessions ADD COLUMN open_challenges INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN challenged_until INTEGER;

-- A row lives as long as its challenge can be answered or, about a request, its answer be used.
CREATE TABLE session_challenges (
    id BLOB NOT NULL PRIMARY KEY,
    session BLOB NOT NULL REFERENCES sessions (id),
    company BLOB NOT NULL REFERENCES companies (id),
    account BLOB NOT NULL REFERENCES accounts (id),
    kind TEXT NOT NULL,
    factors TEXT NOT NULL,
    request BLOB,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    completed_at INTEGER
) STRICT;
CREATE INDEX session_challenges_by_session ON session_challenges (session, created_at, id);
CREATE INDEX session_challenges_by_account ON session_challenges (account);
