"""Figures: counted as invoices change, read, and checked against what they are counted from."""
