CREATE TABLE companies (
    id BLOB NOT NULL PRIMARY KEY,
    slug TEXT NOT NULL,
    name TEXT NOT NULL,
    settings TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX companies_slug ON companies (slug);
CREATE INDEX companies_by_age ON companies (created_at, id);

CREATE TABLE company_groups (
    company BLOB NOT NULL REFERENCES companies (id),
    name TEXT NOT NULL,
    label TEXT,
    section TEXT NOT NULL,
    public INTEGER NOT NULL,
    is_default INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (company, name)
) STRICT, WITHOUT ROWID;

-- The `_key` columns hold the folded form by which an identifier is unique; folding is the domain's business.
CREATE TABLE accounts (
    id BLOB NOT NULL PRIMARY KEY,
    uid TEXT NOT NULL,
    company BLOB NOT NULL REFERENCES companies (id),
    username TEXT,
    username_key TEXT,
    email TEXT,
    email_key TEXT,
    email_verified_at INTEGER,
    mobile TEXT,
    mobile_verified_at INTEGER,
    password_hash TEXT,
    password_changed_at INTEGER,
    password_expires_at INTEGER,
    password_temporary_until INTEGER,
    state TEXT NOT NULL,
    role TEXT NOT NULL,
    groups TEXT NOT NULL,
    labels TEXT NOT NULL,
    profile TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX accounts_uid ON accounts (uid);
CREATE UNIQUE INDEX accounts_username ON accounts (company, username_key);
CREATE UNIQUE INDEX accounts_email ON accounts (company, email_key);
CREATE UNIQUE INDEX accounts_mobile ON accounts (company, mobile);
CREATE INDEX accounts_by_age ON accounts (company, created_at, id);

CREATE TABLE service_accounts (
    id BLOB NOT NULL PRIMARY KEY,
    uid TEXT NOT NULL,
    company BLOB NOT NULL REFERENCES companies (id),
    owner BLOB NOT NULL REFERENCES accounts (id),
    email TEXT,
    role TEXT NOT NULL,
    state TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX service_accounts_uid ON service_accounts (uid);
CREATE INDEX service_accounts_by_owner ON service_accounts (owner);
