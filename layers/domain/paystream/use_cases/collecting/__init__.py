"""How an invoice is collected: the case, the next step, what performs it, and what brings it here."""
