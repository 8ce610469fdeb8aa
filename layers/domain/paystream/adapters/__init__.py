"""The ports of `paystream.ports` over AWS and Stripe."""
