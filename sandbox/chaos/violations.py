"""What must hold, and what is raised where it does not."""


class ViolationError(AssertionError):
    """Something was lost, or done twice; the message says what."""


def expect(holds: bool, otherwise: str) -> None:
    """Raises ViolationError."""
    if not holds:
        raise ViolationError(otherwise)
