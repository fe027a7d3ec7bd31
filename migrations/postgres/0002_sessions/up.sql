CREATE TABLE known_devices (
    account uuid NOT NULL REFERENCES accounts (id),
    device bytea NOT NULL,
    last_seen_at timestamptz NOT NULL,
    PRIMARY KEY (account, device)
);

CREATE TABLE sessions (
    id uuid NOT NULL PRIMARY KEY,
    company uuid NOT NULL REFERENCES companies (id),
    account uuid NOT NULL REFERENCES accounts (id),
    kind text NOT NULL,
    digest bytea,
    door text NOT NULL,
    address text,
    user_agent text NOT NULL,
    label text,
    created_at timestamptz NOT NULL,
    authenticated_at timestamptz NOT NULL,
    expires_at timestamptz,
    ended_at timestamptz
);
CREATE UNIQUE INDEX sessions_digest ON sessions (digest);
CREATE INDEX sessions_by_account ON sessions (account, created_at, id);

CREATE TABLE refresh_tokens (
    digest bytea NOT NULL PRIMARY KEY,
    session uuid NOT NULL REFERENCES sessions (id),
    parent bytea,
    issued_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    refreshes bigint NOT NULL
);
CREATE INDEX refresh_tokens_by_session ON refresh_tokens (session);
CREATE INDEX refresh_tokens_by_parent ON refresh_tokens (parent);

CREATE TABLE signing_keys (
    kid text NOT NULL PRIMARY KEY,
    algorithm text NOT NULL,
    slot text NOT NULL,
    generation bigint NOT NULL,
    private_pem bytea NOT NULL,
    private_pem_key_id text NOT NULL,
    created_at timestamptz NOT NULL,
    signs_from timestamptz NOT NULL
);
CREATE UNIQUE INDEX signing_keys_generation ON signing_keys (algorithm, slot, generation);
