CREATE TABLE restrictions (
    id uuid NOT NULL PRIMARY KEY,
    company uuid NOT NULL REFERENCES companies (id),
    category text NOT NULL,
    scope text NOT NULL,
    value text NOT NULL,
    code bigint NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX restrictions_value ON restrictions (company, category, scope, value);

CREATE TABLE permissions (
    id uuid NOT NULL PRIMARY KEY,
    company uuid NOT NULL REFERENCES companies (id),
    role text NOT NULL,
    verb text NOT NULL,
    path text NOT NULL,
    action text NOT NULL,
    topic text,
    created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX permissions_rule ON permissions (company, role, verb, path, action);

-- Companies that were given their first permissions; what became of those is their business.
CREATE TABLE stocked_permissions (
    company uuid NOT NULL PRIMARY KEY REFERENCES companies (id),
    stocked_at timestamptz NOT NULL
);

CREATE TABLE whitelinks (
    digest bytea NOT NULL PRIMARY KEY,
    company uuid NOT NULL REFERENCES companies (id),
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);

ALTER TABLE service_accounts ADD COLUMN updated_at timestamptz NOT NULL DEFAULT now();
UPDATE service_accounts SET updated_at = created_at;
CREATE INDEX service_accounts_by_age ON service_accounts (company, created_at, id);

-- The state of a key is a word of its owner's choice; only `active` is honoured.
ALTER TABLE api_keys ADD COLUMN state text NOT NULL DEFAULT 'active';
UPDATE api_keys SET state = 'inactive' WHERE NOT active;
ALTER TABLE api_keys DROP COLUMN active;
ALTER TABLE api_keys ADD COLUMN updated_at timestamptz NOT NULL DEFAULT now();
UPDATE api_keys SET updated_at = created_at;
