-- The role that runs the migrations owns the tables; the application connects as walled_app,
-- which owns nothing and is held by the policies.
CREATE ROLE walled_app LOGIN;
CREATE ROLE walled_reports LOGIN;

CREATE TABLE organizations (
    id   uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name text NOT NULL
);

-- A key is looked up before anybody is known: no policy could say whose it is.
CREATE TABLE api_keys (
    key_hash        text PRIMARY KEY,
    organization_id uuid NOT NULL REFERENCES organizations (id)
);

-- RIGHT: a variable that was never set, or ended with its transaction, shows nothing.
CREATE FUNCTION current_organization() RETURNS uuid LANGUAGE sql STABLE AS $$
    SELECT NULLIF(current_setting('app.organization', true), '')::uuid
$$;

CREATE TABLE invoices (
    id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL REFERENCES organizations (id),
    number          text NOT NULL,
    status          text NOT NULL DEFAULT 'open',
    cents           bigint NOT NULL,
    UNIQUE (organization_id, number)
);
ALTER TABLE invoices ENABLE ROW LEVEL SECURITY;
ALTER TABLE invoices FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON invoices USING (organization_id = current_organization());

-- RIGHT: a line is its invoice's, and the policy says so.
CREATE TABLE invoice_lines (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    invoice_id uuid NOT NULL REFERENCES invoices (id) ON DELETE CASCADE,
    words      text NOT NULL
);
ALTER TABLE invoice_lines ENABLE ROW LEVEL SECURITY;
ALTER TABLE invoice_lines FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON invoice_lines USING (EXISTS (
    SELECT 1 FROM invoices i WHERE i.id = invoice_id AND i.organization_id = current_organization()));

GRANT SELECT, INSERT, UPDATE, DELETE ON invoices, invoice_lines, api_keys TO walled_app;
