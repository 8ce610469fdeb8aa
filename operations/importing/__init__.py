"""`make import`: customers and invoices that are elsewhere today. docs/migration.md."""
