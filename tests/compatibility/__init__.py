"""Lago's official clients, unmodified, against the stack on this machine."""
