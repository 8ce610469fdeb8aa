"""One attempt at Stripe: sent, looked up, closed, and its outcome written down."""
