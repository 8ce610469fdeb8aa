"""Stripe's error envelope: https://docs.stripe.com/api/errors."""

from collections.abc import Mapping
from typing import Any

from .wire import JsonObject


class ApiError(Exception):
    """A request that Stripe refuses, as it says so on the wire; `kind` is the error's `type`."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        headers: Mapping[str, str] | None = None,
        **details: Any,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.kind = kind
        self.code = code
        self.param = param
        self.headers = dict(headers or {})
        self.details = {name: value for name, value in details.items() if value is not None}

    def fields(self) -> JsonObject:
        """The error as it is embedded in an intent's `last_payment_error` or `last_setup_error`."""
        fields: JsonObject = {**self.details}
        if self.code:
            fields |= {
                "code": self.code,
                "doc_url": f"https://docs.stripe.com/error-codes/{self.code.replace('_', '-')}",
            }
        fields["message"] = self.message
        if self.param:
            fields["param"] = self.param
        fields["type"] = self.kind
        return fields


def invalid_request(message: str, *, code: str | None = None, param: str | None = None, **details: Any) -> ApiError:
    return ApiError(400, message, code=code, param=param, **details)


def resource_missing(noun: str, object_id: str, param: str, status: int) -> ApiError:
    return ApiError(status, f"No such {noun}: '{object_id}'", code="resource_missing", param=param)


def unrecognized_url(method: str, path: str) -> ApiError:
    return ApiError(
        404,
        f"Unrecognized request URL ({method}: {path}). Please see https://stripe.com/docs or we can help at "
        "https://support.stripe.com/.",
    )


def server_error() -> ApiError:
    """Once execution began a 500 is saved under its idempotency key, so Stripe says that a retry is of no use."""
    message = "An unknown error occurred"
    return ApiError(500, message, kind="api_error", headers={"Stripe-Should-Retry": "false"})


def rate_limited(reason: str) -> ApiError:
    """https://docs.stripe.com/rate-limits; `lock_timeout` is the one kind that Stripe asks to retry."""
    # Assumed (lock-timeout): it comes before the idempotency key is looked at, as every 429.
    if reason == "lock_timeout":
        message = (
            "This object cannot be accessed right now because another API request or Stripe process is currently "
            "accessing it. If you see this error intermittently, retry the request."
        )
        return ApiError(429, message, code="lock_timeout", headers={"Stripe-Should-Retry": "true"})
    message = "Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits."
    return ApiError(429, message, code="rate_limit", headers={"Stripe-Rate-Limited-Reason": reason})
