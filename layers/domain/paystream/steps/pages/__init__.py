"""A page of Stripe on which a customer pays."""
