"""Accounts at Stripe that are connected, and API keys."""
