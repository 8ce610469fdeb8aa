"""Customers as Stripe knows them: linked, created, gone."""
