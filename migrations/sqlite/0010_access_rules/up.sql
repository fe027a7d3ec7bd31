CREATE TABLE restrictions (
    id BLOB NOT NULL PRIMARY KEY,
    company BLOB NOT NULL REFERENCES companies (id),
    category TEXT NOT NULL,
    scope TEXT NOT NULL,
    value TEXT NOT NULL,
    code INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX restrictions_value ON restrictions (company, category, scope, value);

CREATE TABLE permissions (
    id BLOB NOT NULL PRIMARY KEY,
    company BLOB NOT NULL REFERENCES companies (id),
    role TEXT NOT NULL,
    verb TEXT NOT NULL,
    path TEXT NOT NULL,
    action TEXT NOT NULL,
    topic TEXT,
    created_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX permissions_rule ON permissions (company, role, verb, path, action);

-- Companies that were given their first permissions; what became of those is their business.
CREATE TABLE stocked_permissions (
    company BLOB NOT NULL PRIMARY KEY REFERENCES companies (id),
    stocked_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE whitelinks (
    digest BLOB NOT NULL PRIMARY KEY,
    company BLOB NOT NULL REFERENCES companies (id),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

ALTER TABLE service_accounts ADD COLUMN updated_at INTEGER NOT NULL DEFAULT 0;
UPDATE service_accounts SET updated_at = created_at;
CREATE INDEX service_accounts_by_age ON service_accounts (company, created_at, id);

-- The state of a key is a word of its owner's choice; only `active` is honoured.
ALTER TABLE api_keys ADD COLUMN state TEXT NOT NULL DEFAULT 'active';
UPDATE api_keys SET state = 'inactive' WHERE active = 0;
ALTER TABLE api_keys DROP COLUMN active;
ALTER TABLE api_keys ADD COLUMN updated_at INTEGER NOT NULL DEFAULT 0;
UPDATE api_keys SET updated_at = created_at;
