-- name: ListLines :many
-- The parent says whose lines these are.
SELECT l.* FROM invoice_lines l
JOIN invoices i ON i.id = l.invoice_id
WHERE i.id = $1 AND i.organization_id = $2;

-- name: ListLinesByInvoice :many
-- Names no organization: the invoice's id must have been checked before.
SELECT * FROM invoice_lines WHERE invoice_id = $1;

-- name: ListCurrencies :many
SELECT * FROM currencies ORDER BY code;
