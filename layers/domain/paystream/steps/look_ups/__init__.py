"""Look at Stripe for attempts that are not on record."""
