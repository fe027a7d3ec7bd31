-- Numbers that accounts claim; a number is validated by one account of a company.
CREATE TABLE phones (
    account uuid NOT NULL REFERENCES accounts (id),
    number text NOT NULL,
    company uuid NOT NULL REFERENCES companies (id),
    validated_at timestamptz,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (account, number)
);
CREATE UNIQUE INDEX phones_validated ON phones (company, number) WHERE validated_at IS NOT NULL;

CREATE TABLE stored_data (
    account uuid NOT NULL REFERENCES accounts (id),
    title_key text NOT NULL,
    title text NOT NULL,
    data text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (account, title_key)
);

-- An account has one open profile: drafted or submitted.
CREATE TABLE kyc_profiles (
    id uuid NOT NULL PRIMARY KEY,
    account uuid NOT NULL REFERENCES accounts (id),
    fields jsonb NOT NULL,
    state text NOT NULL,
    open boolean NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX kyc_profiles_open ON kyc_profiles (account) WHERE open;
CREATE INDEX kyc_profiles_by_account ON kyc_profiles (account, created_at, id);
