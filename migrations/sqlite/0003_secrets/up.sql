-- A secret is found by the digest of its token, or by account and purpose; then its code is kept sealed.
CREATE TABLE one_time_secrets (
    id BLOB NOT NULL PRIMARY KEY,
    company BLOB NOT NULL REFERENCES companies (id),
    account BLOB NOT NULL REFERENCES accounts (id),
    purpose TEXT NOT NULL,
    digest BLOB,
    code BLOB,
    code_key_id TEXT,
    target TEXT,
    issued_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    consumed_at INTEGER,
    wrong_guesses INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX one_time_secrets_digest ON one_time_secrets (digest);
CREATE INDEX one_time_secrets_by_account ON one_time_secrets (account, purpose, issued_at, id);
CREATE INDEX one_time_secrets_by_target ON one_time_secrets (target);

CREATE TABLE throttle_counters (
    key BLOB NOT NULL PRIMARY KEY,
    started_at INTEGER NOT NULL,
    count INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE authenticators (
    id BLOB NOT NULL PRIMARY KEY,
    company BLOB NOT NULL REFERENCES companies (id),
    account BLOB NOT NULL REFERENCES accounts (id),
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    secret BLOB,
    secret_key_id TEXT,
    algorithm TEXT,
    last_step INTEGER,
    mobile TEXT,
    verified_at INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX authenticators_by_account ON authenticators (account, created_at, id);

CREATE TABLE recovery_codes (
    authenticator BLOB NOT NULL REFERENCES authenticators (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    code BLOB NOT NULL,
    code_key_id TEXT NOT NULL,
    used_at INTEGER,
    PRIMARY KEY (authenticator, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE api_keys (
    id BLOB NOT NULL PRIMARY KEY,
    company BLOB NOT NULL REFERENCES companies (id),
    account BLOB REFERENCES accounts (id),
    service_account BLOB REFERENCES service_accounts (id),
    kind TEXT NOT NULL,
    kid TEXT,
    digest BLOB,
    secret BLOB NOT NULL,
    secret_key_id TEXT NOT NULL,
    name TEXT NOT NULL,
    scopes TEXT NOT NULL,
    active INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    last_used_at INTEGER,
    CHECK ((account IS NULL) <> (service_account IS NULL))
) STRICT;
CREATE UNIQUE INDEX api_keys_digest ON api_keys (digest);
CREATE UNIQUE INDEX api_keys_kid ON api_keys (kid);
CREATE INDEX api_keys_by_account ON api_keys (account, created_at, id);
CREATE INDEX api_keys_by_service_account ON api_keys (service_account, created_at, id);
