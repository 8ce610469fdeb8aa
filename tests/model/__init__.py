"""The payment protocol, searched exhaustively: the product itself in a small world. See docs/reliability.md."""
