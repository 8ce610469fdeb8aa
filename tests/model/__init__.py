"""A small model of the payment protocol, searched exhaustively: see docs/reliability.md."""
