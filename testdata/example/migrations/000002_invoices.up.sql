-- Currencies are the same for everybody: a shared table.
CREATE TABLE currencies (
    code     char(3) PRIMARY KEY,
    decimals smallint NOT NULL DEFAULT 2
);

CREATE TABLE customers (
    id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    name            text NOT NULL,
    UNIQUE (organization_id, id)
);

-- The composite foreign key makes the database refuse an invoice that names
-- another organization's customer.
CREATE TABLE invoices (
    id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    customer_id     uuid NOT NULL,
    currency        char(3) NOT NULL REFERENCES currencies (code),
    number          text NOT NULL,
    status          text NOT NULL DEFAULT 'open',
    note            text NOT NULL DEFAULT '',
    issued_on       date NOT NULL DEFAULT current_date,
    due_on          date NOT NULL,
    UNIQUE (organization_id, number),
    FOREIGN KEY (organization_id, customer_id) REFERENCES customers (organization_id, id)
);

-- A line has no organization of its own: it belongs to whoever owns its invoice.
CREATE TABLE invoice_lines (
    id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    invoice_id  uuid NOT NULL REFERENCES invoices (id) ON DELETE CASCADE,
    description text NOT NULL,
    quantity    integer NOT NULL DEFAULT 1,
    unit_cents  bigint NOT NULL
);
