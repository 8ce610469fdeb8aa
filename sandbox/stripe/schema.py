"""What parameters an endpoint takes, read from the SDK's own types for the pinned API version.

The SDK's `stripe.params` are generated from Stripe's OpenAPI description, so they say which parameters exist, which are
required and what they may hold. They are compiled on first use and kept.
"""

import importlib
from collections.abc import Mapping
from functools import cache
from types import UnionType
from typing import Any, Literal, NotRequired, Union, get_args, get_origin, get_type_hints

from .checks import SCALARS, Check, array, either, first_of, metadata, nested_object, one_of, string
from .errors import ApiError, invalid_request
from .wire import JsonObject

_REQUEST_OPTIONS = {
    "api_key", "content_type", "headers", "idempotency_key", "max_network_retries", "stripe_account", "stripe_context",
    "stripe_version",
}  # fmt: skip


_NAMES_ELSEWHERE = {"Mapping": Mapping, "StripeContext": object}
"""What the SDK's request options name, which their own module imports, partly only for type checkers."""


_UNSET_BY_EMPTY = {
    "CustomerUpdateParams": frozenset({"email"}),
    "CustomerUpdateParamsAddress": frozenset({"city", "country", "line1", "line2", "postal_code", "state"}),
}
"""What an empty string unsets though the types don't say so.

https://docs.stripe.com/changelog/2013-08-12/allows-description-email-fields-null and
https://github.com/stripe/stripe-node/pull/1834; the SDK itself sends the missing keys of a nested object empty.
"""


@cache
def load(name: str) -> "Params":
    """The parameters of an operation such as `customer_create` or `checkout.session_create`."""
    package, _, operation = name.rpartition(".")
    module = importlib.import_module(f"stripe.params.{package}{'.' if package else ''}_{operation}_params")
    return Params(getattr(module, f"{operation.title().replace('_', '')}Params"))


class Params:
    """The parameters of one endpoint or of one nested object."""

    def __init__(self, typed_dict: Any) -> None:
        self._checks: dict[str, Check] = {}
        self._types: dict[str, Any] = {}
        self._required: list[str] = []
        self._unset_by_empty = _UNSET_BY_EMPTY.get(typed_dict.__name__, frozenset())
        hints = get_type_hints(typed_dict, localns=_NAMES_ELSEWHERE, include_extras=True)
        for name, annotation in hints.items():
            if name in _REQUEST_OPTIONS:
                continue
            optional = get_origin(annotation) is NotRequired
            self._types[name] = get_args(annotation)[0] if optional else annotation
            if not optional:
                self._required.append(name)

    def validate(self, values: JsonObject, path: str = "") -> JsonObject:
        """The values with their types. Raises `ApiError` 400 for what is unknown, missing or mistyped."""
        unknown = [name for name in values if name not in self._types]
        if unknown:
            raise _unknown([_join(path, name) for name in unknown])
        for name in self._required:
            if name not in values:
                param = _join(path, name)
                raise invalid_request(f"Missing required param: {param}.", code="parameter_missing", param=param)
        return {name: self._check(name)(value, _join(path, name)) for name, value in values.items()}

    def _check(self, name: str) -> Check:
        if name not in self._checks:
            check = _compile(self._types[name])
            self._checks[name] = either(check, None, True) if name in self._unset_by_empty else check
        return self._checks[name]


def _compile(annotation: Any) -> Check:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in (Union, UnionType):
        return _compile_union(arguments)
    if origin is Literal:
        return one_of(arguments)
    if origin is list:
        return array(_compile(arguments[0]))
    if origin is dict:
        return metadata
    if _is_typed_dict(annotation):
        return nested_object(Params(annotation).validate)
    return SCALARS.get(annotation, string)


def _compile_union(alternatives: tuple[Any, ...]) -> Check:
    literals = [value for part in alternatives if get_origin(part) is Literal for value in get_args(part)]
    scalars = _scalars(alternatives, tuple(filter(None, literals)))
    nested = next(filter(_is_nested, alternatives), None)
    return either(first_of(scalars) if scalars else None, _compile(nested) if nested else None, "" in literals)


def _scalars(alternatives: tuple[Any, ...], words: tuple[str, ...]) -> list[Check]:
    """A text comes last, since it takes all; where words are listed, it has to be one of them."""
    scalars = [SCALARS[part] for part in alternatives if part in SCALARS and part is not str]
    if words:
        return [*scalars, one_of(words)]
    return [*scalars, string] if str in alternatives else scalars


def _is_nested(annotation: Any) -> bool:
    return get_origin(annotation) in (list, dict) or _is_typed_dict(annotation)


def _is_typed_dict(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, dict) and annotation is not dict


def _join(path: str, name: str) -> str:
    return f"{path}[{name}]" if path else name


def _unknown(names: list[str]) -> ApiError:
    for name in names:
        if name in _REMOVED:
            message = f"The parameter `{name}` is no longer supported: use `{_REMOVED[name]}`."
            return invalid_request(message, code=f"{name}_no_longer_supported", param=name)
    noun = "parameter" if len(names) == 1 else "parameters"
    return invalid_request(f"Received unknown {noun}: {', '.join(names)}", code="parameter_unknown", param=names[0])


_REMOVED = {"payment_method_types": "allowed_payment_method_types"}
"""https://docs.stripe.com/changelog/endive/2026-09-30/removes-the-payment-method-types-parameter-from-payment-intents-and-setup-intents"""
