"""Calls of the API by an operator's command."""
