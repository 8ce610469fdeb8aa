"""What an account is refused, whatever is charged: it is restricted, or a type of payment method is not activated."""

from dataclasses import dataclass

from .errors import ApiError

RESTRICTED = "Your account cannot currently make live charges."


@dataclass(frozen=True, slots=True)
class AccountRefusal:
    """A charge is refused with this before any intent is made; with a `method_type`, only one of that type. Assumed:
    as it comes from the execution of a request, Stripe saves it under the idempotency key.
    """

    code: str | None
    message: str = RESTRICTED
    method_type: str | None = None

    def check(self, method_type: str | None) -> None:
        """Raises `ApiError` 400 for what is refused."""
        if self.method_type in (None, method_type):
            raise ApiError(400, self.message, code=self.code)
