"""The stores, one module a table."""
