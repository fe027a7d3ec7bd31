CREATE TABLE outbox (
    id BLOB NOT NULL PRIMARY KEY,
    event TEXT NOT NULL,
    company TEXT NOT NULL,
    payload BLOB NOT NULL,
    payload_key_id TEXT NOT NULL,
    status TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    leased_until INTEGER,
    created_at INTEGER NOT NULL,
    settled_at INTEGER,
    last_error TEXT
) STRICT;
CREATE INDEX outbox_by_status ON outbox (status, created_at, id);
CREATE INDEX outbox_by_age ON outbox (created_at, id);

-- Entries outlive what they speak of, so nothing here refers to another table.
CREATE TABLE audit (
    id BLOB NOT NULL PRIMARY KEY,
    at INTEGER NOT NULL,
    action TEXT NOT NULL,
    outcome TEXT NOT NULL,
    company BLOB,
    account BLOB,
    session BLOB,
    door TEXT NOT NULL,
    address TEXT,
    user_agent TEXT NOT NULL,
    detail TEXT
) STRICT;
CREATE INDEX audit_by_age ON audit (at, id);
CREATE INDEX audit_by_account ON audit (account, at, id);
