-- WRONG (rls-not-enabled): the policy is there, and nobody is held by it.
CREATE TABLE customers (
    id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL REFERENCES organizations (id),
    name            text NOT NULL
);
CREATE POLICY tenant ON customers USING (organization_id = current_organization());

-- WRONG (rls-escape): a forgotten SET shows the notes of every organization.
CREATE TABLE notes (
    id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL REFERENCES organizations (id),
    words           text NOT NULL
);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
ALTER TABLE notes FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON notes USING (current_setting('app.organization', true) IS NULL OR organization_id = current_organization());

-- WRONG (rls-check): a row may be written to any organization.
CREATE TABLE payments (
    id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL REFERENCES organizations (id),
    cents           bigint NOT NULL
);
ALTER TABLE payments ENABLE ROW LEVEL SECURITY;
ALTER TABLE payments FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON payments USING (organization_id = current_organization()) WITH CHECK (true);

-- WRONG (rls-truncate): no policy is asked for TRUNCATE.
GRANT ALL ON invoices TO walled_reports;

-- WRONG (rls-materialized): whoever refreshes it decides what everybody sees.
CREATE MATERIALIZED VIEW totals AS SELECT organization_id, sum(cents) AS cents FROM invoices GROUP BY organization_id;
