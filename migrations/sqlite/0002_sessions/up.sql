CREATE TABLE known_devices (
    account BLOB NOT NULL REFERENCES accounts (id),
    device BLOB NOT NULL,
    last_seen_at INTEGER NOT NULL,
    PRIMARY KEY (account, device)
) STRICT, WITHOUT ROWID;

CREATE TABLE sessions (
    id BLOB NOT NULL PRIMARY KEY,
    company BLOB NOT NULL REFERENCES companies (id),
    account BLOB NOT NULL REFERENCES accounts (id),
    kind TEXT NOT NULL,
    digest BLOB,
    door TEXT NOT NULL,
    address TEXT,
    user_agent TEXT NOT NULL,
    label TEXT,
    created_at INTEGER NOT NULL,
    authenticated_at INTEGER NOT NULL,
    expires_at INTEGER,
    ended_at INTEGER
) STRICT;
CREATE UNIQUE INDEX sessions_digest ON sessions (digest);
CREATE INDEX sessions_by_account ON sessions (account, created_at, id);

CREATE TABLE refresh_tokens (
    digest BLOB NOT NULL PRIMARY KEY,
    session BLOB NOT NULL REFERENCES sessions (id),
    parent BLOB,
    issued_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at INTEGER,
    refreshes INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX refresh_tokens_by_session ON refresh_tokens (session);
CREATE INDEX refresh_tokens_by_parent ON refresh_tokens (parent);

CREATE TABLE signing_keys (
    kid TEXT NOT NULL PRIMARY KEY,
    algorithm TEXT NOT NULL,
    slot TEXT NOT NULL,
    generation INTEGER NOT NULL,
    private_pem BLOB NOT NULL,
    private_pem_key_id TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    signs_from INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX signing_keys_generation ON signing_keys (algorithm, slot, generation);
