"""What takes long in Stripe's library, done faster: a quarter of a run went into that.

It makes objects of an answer field by field, reads each answer into dictionaries of a slower kind, and writes it out
for a log that nobody reads.
"""

import json
import logging
from collections import OrderedDict
from collections.abc import Callable, Mapping
from functools import cache
from types import NoneType
from typing import Any

import pytest
from stripe import _api_requestor, _util
from stripe._object_classes import get_object_class
from stripe._stripe_object import StripeObject
from stripe._stripe_response import StripeResponse, StripeResponseBase

_THEMSELVES = frozenset({str, int, float, bool, NoneType})
_OF_WHICH_THERE_ARE_PAGES = ("list", "search_result", "v2.search_result")
_OBJECTS = frozenset({dict, OrderedDict})
_MADE_BY = ("__init__", "__setattr__", "_refresh_from", "_coerce_field_value", "_get_inner_class_type")
_CONSTRUCT: Any = StripeObject._construct_from

Convert = Callable[..., Any]
Nested = Callable[[Any, Any, Any], Any]
"""Makes an object, or objects, of what an answer says, a class that it is by its place, and Stripe's requestor."""


def speed_up(patch: pytest.MonkeyPatch) -> None:
    """Until the patches are undone."""
    convert = _faster(_util._convert_to_stripe_object)
    patch.setattr(_util, "_convert_to_stripe_object", convert)
    patch.setattr(_api_requestor, "_convert_to_stripe_object", convert)
    patch.setattr(StripeObject, "_to_dict_recursive", _faster_to_dict(StripeObject._to_dict_recursive))
    patch.setattr(StripeResponse, "__init__", _read)
    patch.setattr(_util, "logfmt", _where_it_is_read(_util.logfmt))


def _read(answer: StripeResponse, body: str, code: int, headers: Mapping[str, str]) -> None:
    """As the library's own, which asks for an OrderedDict: every dictionary has kept its order since Python 3.7."""
    StripeResponseBase.__init__(answer, code, headers)
    answer.body = body
    answer.data = json.loads(body)


def _faster(library: Convert) -> Convert:
    """As the library's own function, which still makes what is out of the ordinary."""
    nested = _nested(library)

    def convert(*, resp: Any, klass_: Any = None, requestor: Any, **more: Any) -> Any:
        if type(resp) in _THEMSELVES:
            return resp
        if _is_usual_answer(resp, more):
            return _as_answer(nested(resp.data, klass_, requestor), resp, more["params"])
        if more != {"params": None, "api_mode": "V1"}:
            return library(resp=resp, klass_=klass_, requestor=requestor, **more)
        return nested(resp, klass_, requestor)

    return convert


def _nested(library: Convert) -> Nested:
    def nested(content: Any, wanted: Any, requestor: Any) -> Any:
        if type(content) is list:
            return [nested(one, wanted, requestor) for one in content]
        if type(content) not in _OBJECTS:
            return content
        made = _class_of(content, wanted)
        if not _is_ordinary(made) or not _out_of_the_ordinary(made).isdisjoint(content):
            return library(resp=content, params=None, klass_=wanted, requestor=requestor, api_mode="V1")
        inner = made._inner_class_types
        data = {
            name: value if type(value) in _THEMSELVES else nested(value, inner.get(name), requestor)
            for name, value in content.items()
        }
        return _made(made, data, content, requestor)

    return nested


def _is_usual_answer(answer: Any, more: Mapping[str, Any]) -> bool:
    if not isinstance(answer, StripeResponse) or more["api_mode"] != "V1" or more.get("is_v2_deleted_object"):
        return False
    content: Any = answer.data
    if type(content) not in _OBJECTS:
        return False
    made = _class_of(content, None)
    return _is_ordinary(made) and _out_of_the_ordinary(made).isdisjoint(content)


def _as_answer(made: StripeObject, answer: StripeResponse, params: Any) -> StripeObject:
    made._last_response = answer
    if params is not None and made._data.get("object") in _OF_WHICH_THERE_ARE_PAGES:
        made._retrieve_params = params
    return made


def _made(kind: Any, data: dict[str, Any], content: Any, requestor: Any) -> StripeObject:
    made: StripeObject = kind.__new__(kind)
    made.__dict__.update(
        _data=data,
        _unsaved_values=set(),
        _transient_values=set(),
        _last_response=None,
        _retrieve_params={},
        _previous=content.copy(),
        _requestor=requestor,
    )
    return made


def _class_of(content: Mapping[str, Any], wanted: Any) -> Any:
    name = content.get("object")
    return _class_named(name) if isinstance(name, str) else wanted or StripeObject


@cache
def _class_named(name: str) -> Any:
    return get_object_class("V1", name)


@cache
def _is_ordinary(kind: Any) -> bool:
    """Whether it is made as most objects are, from its fields alone."""
    is_made_so = all(getattr(kind, name) is getattr(StripeObject, name) for name in _MADE_BY)
    return is_made_so and kind._construct_from.__func__ is _CONSTRUCT.__func__


@cache
def _out_of_the_ordinary(kind: Any) -> frozenset[str]:
    """The fields whose values are more than what JSON says, or whose class depends on them."""
    return frozenset({*kind._inner_class_dicts, *kind._field_encodings, *kind._inner_class_union_variant_types})


def _faster_to_dict(library: Convert) -> Convert:
    """As the library's own method of objects."""

    def to_dict(made: StripeObject, for_json: bool = False) -> Any:
        return library(made, for_json=True) if for_json else plain(made)

    def plain(made: StripeObject) -> dict[str, Any]:
        return {name: value if type(value) in _THEMSELVES else inner(value) for name, value in made._data.items()}

    def inner(value: Any) -> Any:
        if isinstance(value, list):
            return [plain(one) if isinstance(one, StripeObject) else one for one in value]
        return plain(value) if isinstance(value, StripeObject) else value

    return to_dict


def _where_it_is_read(write: Convert) -> Convert:
    console_level: Convert = _util._console_log_level

    def logfmt(props: Any) -> Any:
        is_read = _util.logger.isEnabledFor(logging.INFO) or console_level()
        return write(props) if is_read else ""

    return logfmt
