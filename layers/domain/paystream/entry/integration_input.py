"""The body of `PUT /integrations/stripe/{code}`."""

import re
from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr, StrictBool, StrictInt
from pydantic_core import PydanticCustomError

from paystream.entry.validation import Input, own_code, validated
from paystream.errors import InvalidInputError
from paystream.model.rate_limit import HIGHEST
from paystream.model.retries import LONGEST_PAUSE_DAYS, MOST_RETRIES
from paystream.use_cases.accounts.connect_integration import ConnectionRequest

_SECRET_KEY = re.compile(r"(sk|rk)_(test|live)_[A-Za-z0-9_]{8,240}")
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_RequestsPerSecond = Annotated[StrictInt, Field(ge=1, le=HIGHEST)]
_Days = Annotated[StrictInt, Field(ge=1, le=LONGEST_PAUSE_DAYS)]
_URL = re.compile(r"https?://[^\s/]+\S*")


def _is_secret_key(key: SecretStr) -> SecretStr:
    text = key.get_secret_value()
    if text.startswith("pk_"):
        raise PydanticCustomError(own_code("publishable_key"), "a publishable key cannot collect")
    if not _SECRET_KEY.fullmatch(text):
        raise PydanticCustomError(own_code("value_is_invalid"), "not a secret or restricted key")
    return key


def _is_url(url: str) -> str:
    if not _URL.fullmatch(url):
        raise PydanticCustomError(own_code("url_invalid"), "not an http(s) URL")
    return url


class IntegrationInput(Input):
    """`create_customers`: whether customers are created in Stripe unless they say otherwise. `retry_schedule_days`:
    after how many days each a failed invoice is tried again; none are retried automatically if it is empty.
    `refund_second_payments`: whether what is paid for an invoice that is paid already goes back automatically.
    `authentication_links`: whether a payment link follows a charge that failed because the customer has to
    authenticate. `fallback_payment_methods`: whether another method of a customer who has agreed is charged where one
    is declined for good.
    """

    secret_key: Annotated[SecretStr, AfterValidator(_is_secret_key)] | None = None
    name: Annotated[str, Field(min_length=1, max_length=255)] | None = None
    create_customers: StrictBool | None = None
    success_redirect_url: Annotated[str, Field(max_length=1024), AfterValidator(_is_url)] | None = None
    endpoint_rate_limit_per_second: _RequestsPerSecond | None = None
    global_rate_limit_per_second: _RequestsPerSecond | None = None
    retry_schedule_days: Annotated[list[_Days], Field(max_length=MOST_RETRIES)] | None = None
    refund_second_payments: StrictBool | None = None
    authentication_links: StrictBool | None = None
    fallback_payment_methods: StrictBool | None = None
    default: StrictBool = False


def connection_request(values: dict[str, object]) -> ConnectionRequest:
    """The checked request. Raises InvalidInputError."""
    sent = validated(IntegrationInput, values)
    return ConnectionRequest(
        secret_key=sent.secret_key.get_secret_value() if sent.secret_key else None,
        name=sent.name,
        create_customers=sent.create_customers,
        success_redirect_url=sent.success_redirect_url,
        endpoint_rate_limit_per_second=sent.endpoint_rate_limit_per_second,
        global_rate_limit_per_second=sent.global_rate_limit_per_second,
        retry_schedule_days=None if sent.retry_schedule_days is None else tuple(sent.retry_schedule_days),
        refund_second_payments=sent.refund_second_payments,
        authentication_links=sent.authentication_links,
        fallback_payment_methods=sent.fallback_payment_methods,
        make_default=sent.default,
    )


def is_forced(query: Mapping[str, str]) -> bool:
    """Whether an account is to be disconnected at once, whatever is on its way. Raises InvalidInputError."""
    force = query.get("force", "false")
    if force not in ("true", "false"):
        raise InvalidInputError({"force": ["value_is_invalid"]})
    return force == "true"


def checked_code(code: str) -> str:
    """A code that can stand in a URL and in the name of a secret. Raises InvalidInputError."""
    if not _CODE.fullmatch(code):
        raise InvalidInputError({"code": ["value_is_invalid"]})
    return code
