package gorun

// Schema is the database of all programs.
const Schema = `CREATE TABLE organizations (id bigint PRIMARY KEY, name text NOT NULL);
CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL UNIQUE);
CREATE TABLE memberships (
    organization_id bigint NOT NULL REFERENCES organizations (id),
    user_id bigint NOT NULL REFERENCES users (id),
    PRIMARY KEY (organization_id, user_id)
);
CREATE TABLE sessions (
    token_hash text PRIMARY KEY,
    user_id bigint NOT NULL REFERENCES users (id),
    organization_id bigint NOT NULL REFERENCES organizations (id)
);
CREATE TABLE customers (
    id bigint PRIMARY KEY,
    organization_id bigint NOT NULL REFERENCES organizations (id),
    name text NOT NULL
);
CREATE TABLE invoices (
    id bigint PRIMARY KEY,
    organization_id bigint NOT NULL REFERENCES organizations (id),
    number text NOT NULL
);
CREATE TABLE lines (
    id bigint PRIMARY KEY,
    invoice_id bigint NOT NULL REFERENCES invoices (id) ON DELETE CASCADE,
    body text NOT NULL
);
CREATE TABLE docs (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    organization_id bigint NOT NULL REFERENCES organizations (id),
    title text NOT NULL,
    invoice_id bigint NOT NULL REFERENCES invoices (id)
);
`

// data are the rows. A's customers have the ids of B's invoices, so that a check in the
// wrong table shows.
const data = `
INSERT INTO organizations VALUES (1, 'mkA-org'), (2, 'mkB-org');
INSERT INTO users VALUES (11, 'mkA-11'), (12, 'mkA-12'), (21, 'mkB-21'), (22, 'mkB-22');
INSERT INTO memberships VALUES (1, 11), (1, 12), (2, 21), (2, 22);
INSERT INTO sessions VALUES ('tokenA', 11, 1), ('tokenB', 21, 2);
INSERT INTO customers VALUES (101, 1, 'mkA-101'), (201, 1, 'mkA-201'), (203, 1, 'mkA-203'), (301, 2, 'mkB-301'), (302, 2, 'mkB-302');
INSERT INTO invoices VALUES (101, 1, 'mkA-101'), (103, 1, 'mkA-103'), (201, 2, 'mkB-201'), (203, 2, 'mkB-203');
INSERT INTO lines VALUES (1, 101, 'mkA-1'), (2, 103, 'mkA-2'), (3, 201, 'mkB-3'), (4, 203, 'mkB-4');
INSERT INTO docs (organization_id, title, invoice_id) VALUES (1, 'mkA-1', 103), (2, 'mkB-2', 203);
`

// state is what must stay as it is: B's rows, and that nothing of A points to them.
const state = `SELECT
	coalesce((SELECT string_agg(c::text, ';' ORDER BY c.id) FROM customers c WHERE organization_id = 2), '') || '|' ||
	coalesce((SELECT string_agg(i::text, ';' ORDER BY i.id) FROM invoices i WHERE organization_id = 2), '') || '|' ||
	coalesce((SELECT string_agg(l::text, ';' ORDER BY l.id) FROM lines l JOIN invoices i ON i.id = l.invoice_id WHERE i.organization_id = 2), '') || '|' ||
	coalesce((SELECT string_agg(d::text, ';' ORDER BY d.id) FROM docs d WHERE organization_id = 2), ''),
	(SELECT count(*) FROM docs d JOIN invoices i ON i.id = d.invoice_id WHERE d.organization_id <> i.organization_id)`
