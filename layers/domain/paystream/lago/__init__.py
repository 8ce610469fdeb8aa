"""Lago's JSON: what its API answers and what its notifications carry."""
