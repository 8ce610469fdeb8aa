"""Stripe, behind the port `PaymentGateway`."""
