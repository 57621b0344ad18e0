-- name: ListInvoices :many
SELECT * FROM invoices
WHERE organization_id = sqlc.arg('organization_id')
  AND issued_on >= sqlc.arg('issued_from') AND issued_on < sqlc.arg('issued_until')
ORDER BY issued_on;

-- name: GetInvoice :one
SELECT * FROM invoices
WHERE id = $1 AND organization_id = $2;

-- name: GetInvoiceByID :one
-- Names no organization: whoever calls it must have checked the id, or must
-- compare the row's organization before using the row.
SELECT * FROM invoices
WHERE id = $1;

-- name: ListOverdueInvoices :many
-- The filter is optional: the reminder job leaves it out and sees every tenant.
SELECT * FROM invoices
WHERE status = 'open' AND due_on < sqlc.arg('due_before')
  AND (sqlc.narg('organization_id')::uuid IS NULL
       OR organization_id = sqlc.narg('organization_id')::uuid)
ORDER BY due_on;

-- name: SearchInvoices :many
SELECT i.* FROM invoices i
JOIN customers c ON c.organization_id = i.organization_id AND c.id = i.customer_id
WHERE i.organization_id = sqlc.arg('organization_id')
  AND (i.note ILIKE sqlc.arg('text') OR c.name ILIKE sqlc.arg('text'));

-- name: SearchInvoicesWithoutParentheses :many
-- WRONG (partial-filter): AND binds tighter than OR, so the second arm finds
-- the customers of every organization, and their invoices.
SELECT i.* FROM invoices i
JOIN customers c ON c.organization_id = i.organization_id AND c.id = i.customer_id
WHERE i.organization_id = sqlc.arg('organization_id')
  AND i.note ILIKE sqlc.arg('text') OR c.name ILIKE sqlc.arg('text');

-- name: LatestInvoices :many
SELECT i.* FROM invoices i
WHERE i.organization_id = $1
  AND i.issued_on = (SELECT max(latest.issued_on) FROM invoices latest WHERE latest.organization_id = $1);

-- name: LatestInvoicesOfWhom :many
-- WRONG (partial-filter): the sub-select looks at the invoices of everybody.
SELECT i.* FROM invoices i
WHERE i.organization_id = $1
  AND i.issued_on = (SELECT max(latest.issued_on) FROM invoices latest);

-- name: CreateInvoice :one
INSERT INTO invoices (organization_id, customer_id, currency, number, note, due_on)
VALUES ($1, $2, $3, $4, $5, $6)
RETURNING *;

-- name: InvoiceOwned :one
SELECT EXISTS (SELECT 1 FROM invoices WHERE id = $1 AND organization_id = $2);

-- name: MarkPaid :exec
UPDATE invoices SET status = 'paid' WHERE id = $1;

-- name: MarkReminded :exec
UPDATE invoices SET reminded_at = now() WHERE id = $1;

-- name: DeleteInvoice :exec
DELETE FROM invoices WHERE id = $1;

-- name: CountInvoicesOfPlatform :one
-- tenantvet:allow one total for the status page, no row of any tenant
SELECT count(*) FROM invoices;
