-- Numbers that accounts claim; a number is validated by one account of a company.
CREATE TABLE phones (
    account BLOB NOT NULL REFERENCES accounts (id),
    number TEXT NOT NULL,
    company BLOB NOT NULL REFERENCES companies (id),
    validated_at INTEGER,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (account, number)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX phones_validated ON phones (company, number) WHERE validated_at IS NOT NULL;

CREATE TABLE stored_data (
    account BLOB NOT NULL REFERENCES accounts (id),
    title_key TEXT NOT NULL,
    title TEXT NOT NULL,
    data TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (account, title_key)
) STRICT, WITHOUT ROWID;

-- An account has one open profile: drafted or submitted.
CREATE TABLE kyc_profiles (
    id BLOB NOT NULL PRIMARY KEY,
    account BLOB NOT NULL REFERENCES accounts (id),
    fields TEXT NOT NULL,
    state TEXT NOT NULL,
    open INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX kyc_profiles_open ON kyc_profiles (account) WHERE open = 1;
CREATE INDEX kyc_profiles_by_account ON kyc_profiles (account, created_at, id);
