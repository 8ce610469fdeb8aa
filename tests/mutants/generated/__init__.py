"""Mutants of the model that Cosmic Ray makes, all that it can think of: see docs/reliability.md."""
