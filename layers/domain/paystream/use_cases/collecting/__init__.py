"""How an invoice is collected: the case, the next step, and what performs it."""
