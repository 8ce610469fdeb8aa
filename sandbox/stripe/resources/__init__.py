"""Stripe's resources, one module each. A handler takes the context, the checked parameters and the ids in the path."""
