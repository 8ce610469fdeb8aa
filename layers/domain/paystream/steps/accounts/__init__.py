"""The accounts at Stripe that are connected, and calls of Stripe through them."""
