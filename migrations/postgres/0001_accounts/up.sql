CREATE TABLE companies (
    id uuid NOT NULL PRIMARY KEY,
    slug text NOT NULL,
    name text NOT NULL,
    settings jsonb NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX companies_slug ON companies (slug);
CREATE INDEX companies_by_age ON companies (created_at, id);

CREATE TABLE company_groups (
    company uuid NOT NULL REFERENCES companies (id),
    name text NOT NULL,
    label text,
    section text NOT NULL,
    public boolean NOT NULL,
    is_default boolean NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (company, name)
);

-- The `_key` columns hold the folded form by which an identifier is unique; folding is the domain's business.
CREATE TABLE accounts (
    id uuid NOT NULL PRIMARY KEY,
    uid text NOT NULL,
    company uuid NOT NULL REFERENCES companies (id),
    username text,
    username_key text,
    email text,
    email_key text,
    email_verified_at timestamptz,
    mobile text,
    mobile_verified_at timestamptz,
    password_hash text,
    password_changed_at timestamptz,
    password_expires_at timestamptz,
    password_temporary_until timestamptz,
    state text NOT NULL,
    role text NOT NULL,
    groups jsonb NOT NULL,
    labels jsonb NOT NULL,
    profile jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version bigint NOT NULL
);
CREATE UNIQUE INDEX accounts_uid ON accounts (uid);
CREATE UNIQUE INDEX accounts_username ON accounts (company, username_key);
CREATE UNIQUE INDEX accounts_email ON accounts (company, email_key);
CREATE UNIQUE INDEX accounts_mobile ON accounts (company, mobile);
CREATE INDEX accounts_by_age ON accounts (company, created_at, id);

CREATE TABLE service_accounts (
    id uuid NOT NULL PRIMARY KEY,
    uid text NOT NULL,
    company uuid NOT NULL REFERENCES companies (id),
    owner uuid NOT NULL REFERENCES accounts (id),
    email text,
    role text NOT NULL,
    state text NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX service_accounts_uid ON service_accounts (uid);
CREATE INDEX service_accounts_by_owner ON service_accounts (owner);
