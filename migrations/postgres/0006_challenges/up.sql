-- What a session must prove before it is a credential: how much, and until when, stands in its own row, so that
-- recognising a credential costs one read.
ALTER TABLE sessions ADD COLUMN open_challenges bigint NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN challenged_until timestamptz;

-- A row lives as long as its challenge can be answered or, about a request, its answer be used.
CREATE TABLE session_challenges (
    id uuid NOT NULL PRIMARY KEY,
    session uuid NOT NULL REFERENCES sessions (id),
    company uuid NOT NULL REFERENCES companies (id),
    account uuid NOT NULL REFERENCES accounts (id),
    kind text NOT NULL,
    factors text NOT NULL,
    request bytea,
    created_at timestamptz NOT NULL,
    expires_at timestamptz,
    completed_at timestamptz
);
CREATE INDEX session_challenges_by_session ON session_challenges (session, created_at, id);
CREATE INDEX session_challenges_by_account ON session_challenges (account);
