-- A secret is found by the digest of its token, or by account and purpose; then its code is kept sealed.
CREATE TABLE one_time_secrets (
    id uuid NOT NULL PRIMARY KEY,
    company uuid NOT NULL REFERENCES companies (id),
    account uuid NOT NULL REFERENCES accounts (id),
    purpose text NOT NULL,
    digest bytea,
    code bytea,
    code_key_id text,
    target text,
    issued_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    consumed_at timestamptz,
    wrong_guesses bigint NOT NULL
);
CREATE UNIQUE INDEX one_time_secrets_digest ON one_time_secrets (digest);
CREATE INDEX one_time_secrets_by_account ON one_time_secrets (account, purpose, issued_at, id);
CREATE INDEX one_time_secrets_by_target ON one_time_secrets (target);

CREATE TABLE throttle_counters (
    key bytea NOT NULL PRIMARY KEY,
    started_at timestamptz NOT NULL,
    count bigint NOT NULL
);

CREATE TABLE authenticators (
    id uuid NOT NULL PRIMARY KEY,
    company uuid NOT NULL REFERENCES companies (id),
    account uuid NOT NULL REFERENCES accounts (id),
    name text NOT NULL,
    kind text NOT NULL,
    secret bytea,
    secret_key_id text,
    algorithm text,
    last_step bigint,
    mobile text,
    verified_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX authenticators_by_account ON authenticators (account, created_at, id);

CREATE TABLE recovery_codes (
    authenticator uuid NOT NULL REFERENCES authenticators (id) ON DELETE CASCADE,
    position bigint NOT NULL,
    code bytea NOT NULL,
    code_key_id text NOT NULL,
    used_at timestamptz,
    PRIMARY KEY (authenticator, position)
);

CREATE TABLE api_keys (
    id uuid NOT NULL PRIMARY KEY,
    company uuid NOT NULL REFERENCES companies (id),
    account uuid REFERENCES accounts (id),
    service_account uuid REFERENCES service_accounts (id),
    kind text NOT NULL,
    kid text,
    digest bytea,
    secret bytea NOT NULL,
    secret_key_id text NOT NULL,
    name text NOT NULL,
    scopes jsonb NOT NULL,
    active boolean NOT NULL,
    created_at timestamptz NOT NULL,
    last_used_at timestamptz,
    CHECK ((account IS NULL) <> (service_account IS NULL))
);
CREATE UNIQUE INDEX api_keys_digest ON api_keys (digest);
CREATE UNIQUE INDEX api_keys_kid ON api_keys (kid);
CREATE INDEX api_keys_by_account ON api_keys (account, created_at, id);
CREATE INDEX api_keys_by_service_account ON api_keys (service_account, created_at, id);
