"""Customers, how Stripe knows them, and what they pay with."""
