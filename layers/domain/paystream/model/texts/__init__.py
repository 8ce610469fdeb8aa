"""What a person reads of an invoice: why it failed, what follows, and when."""
