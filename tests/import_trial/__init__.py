"""`make import-trial`: a generated file is imported by real processes, which are killed, over a real connection."""
