"""How an operator's command fails."""


class OperationError(Exception):
    """It could not be done, and no other row will fare better; the text says what to do."""
