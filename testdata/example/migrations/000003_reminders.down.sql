ALTER TABLE invoices DROP COLUMN reminded_at;
