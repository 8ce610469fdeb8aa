"""`make fidelity`: the Stripe sandbox, held against what the real Stripe answers to the same requests."""
