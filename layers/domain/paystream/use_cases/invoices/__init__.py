"""What a person asks of an invoice."""
