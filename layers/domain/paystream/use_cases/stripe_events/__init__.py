"""What Stripe says by events."""
