"""What a step is made of: Stripe is asked, and what it answers is written down. Use cases put them together."""
