"""Pages of Stripe on which a customer pays, or saves a payment method."""
