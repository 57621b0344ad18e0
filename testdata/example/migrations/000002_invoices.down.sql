DROP TABLE invoice_lines;
DROP TABLE invoices;
DROP TABLE customers;
DROP TABLE currencies;
