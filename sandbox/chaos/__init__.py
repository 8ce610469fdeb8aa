"""`make chaos`: the functions' processes are killed in the middle of their work, on the whole stack."""
