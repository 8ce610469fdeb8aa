"""What Stripe tells by events."""
