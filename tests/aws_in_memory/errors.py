"""Errors as boto3's clients raise them, and the one that says that the imitation ends here."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import botocore.session
from botocore.errorfactory import ClientExceptionsFactory
from botocore.exceptions import ClientError


class NotImitatedError(BaseException):
    """Not an Exception: no boundary of a handler may take it for something that AWS said."""


@cache
def exceptions_of(service: str) -> Any:
    """What a client of the service has under `exceptions`, made by botocore from its own description of the service."""
    session = botocore.session.Session()
    return ClientExceptionsFactory().create_client_exceptions(session.get_service_model(service))


def client_error(
    service: str, operation: str, code: str, message: str, *, status: int = 400, **more: Any
) -> ClientError:
    """The error that a client raises for an answer of the service with this code; `more` is beside `Error` in it."""
    response = {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": status, "RetryAttempts": 0},
        **more,
    }
    error: ClientError = exceptions_of(service).from_code(code)(response, operation)
    return error


def refuse_unknown(operation: str, parameters: Mapping[str, Any]) -> None:
    """Raises NotImitatedError if there are parameters that nobody imitates."""
    if parameters:
        raise NotImitatedError(f"{operation} is not imitated with {', '.join(sorted(parameters))}")
