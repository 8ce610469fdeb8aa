"""Paystream collects payments with Stripe whenever an invoice appears."""
