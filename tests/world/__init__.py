"""The handlers in a world of their own, for tests that say what happens when: AWS and Stripe in memory, one clock."""
