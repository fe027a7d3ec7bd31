ALTER TABLE companies ADD COLUMN details TEXT NOT NULL DEFAULT '{}';
ALTER TABLE accounts ADD COLUMN owner INTEGER NOT NULL DEFAULT 0;

-- Numbered per company, in the order in which they were added.
CREATE TABLE legal_terms (
    company BLOB NOT NULL REFERENCES companies (id),
    number INTEGER NOT NULL,
    name TEXT NOT NULL,
    version TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (company, number)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX legal_terms_version ON legal_terms (company, name, version);

CREATE TABLE accepted_terms (
    account BLOB NOT NULL REFERENCES accounts (id),
    company BLOB NOT NULL,
    number INTEGER NOT NULL,
    accepted_at INTEGER NOT NULL,
    PRIMARY KEY (account, number),
    FOREIGN KEY (company, number) REFERENCES legal_terms (company, number)
) STRICT, WITHOUT ROWID;
