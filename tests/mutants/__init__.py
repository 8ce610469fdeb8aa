"""Guards of the money rules, removed one at a time: see docs/reliability.md."""
