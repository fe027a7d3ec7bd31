CREATE TABLE outbox (
    id uuid NOT NULL PRIMARY KEY,
    event text NOT NULL,
    company text NOT NULL,
    payload bytea NOT NULL,
    payload_key_id text NOT NULL,
    status text NOT NULL,
    attempts bigint NOT NULL,
    due_at timestamptz NOT NULL,
    leased_until timestamptz,
    created_at timestamptz NOT NULL,
    settled_at timestamptz,
    last_error text
);
CREATE INDEX outbox_by_status ON outbox (status, created_at, id);
CREATE INDEX outbox_by_age ON outbox (created_at, id);

-- Entries outlive what they speak of, so nothing here refers to another table.
CREATE TABLE audit (
    id uuid NOT NULL PRIMARY KEY,
    at timestamptz NOT NULL,
    action text NOT NULL,
    outcome text NOT NULL,
    company uuid,
    account uuid,
    session uuid,
    door text NOT NULL,
    address text,
    user_agent text NOT NULL,
    detail text
);
CREATE INDEX audit_by_age ON audit (at, id);
CREATE INDEX audit_by_account ON audit (account, at, id);
