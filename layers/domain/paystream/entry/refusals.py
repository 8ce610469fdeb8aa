"""The one table from our errors to Lago's answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from math import ceil
from typing import Any

from paystream.errors import (
    ConflictError,
    InvalidInputError,
    KeyRefusedError,
    NotAllowedError,
    NotFoundError,
    OutcomeUnknownError,
    PaystreamError,
    ProviderRefusedError,
    RateLimitedError,
    VersionConflictError,
)


class MalformedRequestError(PaystreamError):
    """The request cannot even be read: 400, 413 or 415."""

    def __init__(self, status: HTTPStatus, message: str) -> None:
        super().__init__(message)
        self.status = status


_LAGOS_WORDS = {
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "Payload Too Large",
    HTTPStatus.UNPROCESSABLE_ENTITY: "Unprocessable Entity",
}
"""Where Python's phrase is another one, which changes with its version."""


def _phrase(status: HTTPStatus) -> str:
    return _LAGOS_WORDS.get(status, status.phrase)


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer that is not a success, in Lago's shape."""

    status: HTTPStatus
    error: str | None = None
    code: str | None = None
    error_details: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def body(self) -> dict[str, Any]:
        """`status`, `error`, and `code` and `error_details` where there are any."""
        content = {
            "status": int(self.status),
            "error": self.error or _phrase(self.status),
            "code": self.code,
            "error_details": self.error_details,
        }
        return {name: value for name, value in content.items() if value is not None}


_TRY_AGAIN = {"Retry-After": "2"}


def _third_party(error: PaystreamError) -> Refusal:
    details = {"third_party": "Stripe", "thirdparty_error": str(error)}
    return Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, code="third_party_error", error_details=details)


_ANSWERS: dict[type[PaystreamError], Callable[[Any], Refusal]] = {
    InvalidInputError: lambda error: Refusal(
        HTTPStatus.UNPROCESSABLE_ENTITY, code="validation_errors", error_details=error.details
    ),
    MalformedRequestError: lambda error: Refusal(error.status, f"{_phrase(error.status).replace(' ', '')}: {error}"),
    NotFoundError: lambda error: Refusal(HTTPStatus.NOT_FOUND, code=f"{error.resource}_not_found"),
    NotAllowedError: lambda error: Refusal(HTTPStatus.METHOD_NOT_ALLOWED, code=error.code),
    ConflictError: lambda error: Refusal(
        HTTPStatus.CONFLICT,
        code=error.code,
        error_details={"base": [str(error)]},
        headers=_TRY_AGAIN if error.passes else {},
    ),
    VersionConflictError: lambda _: Refusal(HTTPStatus.CONFLICT, code="changed_meanwhile", headers=_TRY_AGAIN),
    ProviderRefusedError: _third_party,
    KeyRefusedError: _third_party,
    OutcomeUnknownError: lambda _: Refusal(
        HTTPStatus.SERVICE_UNAVAILABLE, code="third_party_unavailable", headers=_TRY_AGAIN
    ),
    RateLimitedError: lambda error: Refusal(
        HTTPStatus.SERVICE_UNAVAILABLE,
        code="third_party_unavailable",
        headers={"Retry-After": str(max(1, ceil(error.seconds)))},
    ),
}


def refusal_for(error: PaystreamError) -> Refusal:
    """The answer for an error.

    401 is kept for the caller's own key: a key that Stripe refuses is the integration's matter.
    """
    for kind in type(error).__mro__:
        if kind in _ANSWERS:
            return _ANSWERS[kind](error)
    return Refusal(HTTPStatus.INTERNAL_SERVER_ERROR)
