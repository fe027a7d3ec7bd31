ALTER TABLE companies ADD COLUMN details jsonb NOT NULL DEFAULT '{}';
ALTER TABLE accounts ADD COLUMN owner boolean NOT NULL DEFAULT false;

-- Numbered per company, in the order in which they were added.
CREATE TABLE legal_terms (
    company uuid NOT NULL REFERENCES companies (id),
    number bigint NOT NULL,
    name text NOT NULL,
    version text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (company, number)
);
CREATE UNIQUE INDEX legal_terms_version ON legal_terms (company, name, version);

CREATE TABLE accepted_terms (
    account uuid NOT NULL REFERENCES accounts (id),
    company uuid NOT NULL,
    number bigint NOT NULL,
    accepted_at timestamptz NOT NULL,
    PRIMARY KEY (account, number),
    FOREIGN KEY (company, number) REFERENCES legal_terms (company, number)
);
