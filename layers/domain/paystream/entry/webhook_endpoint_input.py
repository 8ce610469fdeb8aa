"""The body of `POST` and `PUT /webhook_endpoints`: Lago's."""

import json
from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import BeforeValidator, StringConstraints
from pydantic_core import PydanticCustomError

from paystream.entry.validation import Input, own_code, validated
from paystream.lago.webhook_endpoints import EVENT_TYPES
from paystream.model.webhook_endpoint import SignatureAlgo
from paystream.use_cases.webhook_endpoints.check_webhook_url import LONGEST_URL

_ALL = ("*",)


def _known_types(event_types: object) -> object:
    """As Lago reads them: trimmed, in small letters, each once; `["*"]` is all."""
    if event_types is None:
        return None
    if not isinstance(event_types, list | tuple):
        raise PydanticCustomError(own_code("must_be_array"), "event types are a list")
    types = _trimmed(event_types)
    if types == _ALL:
        return None
    unknown = [name for name in types if name not in EVENT_TYPES]
    if unknown:
        text = f"contains invalid types: {json.dumps(unknown, ensure_ascii=False)}"
        raise PydanticCustomError(own_code(text), "there is no such event type")
    return types


def _trimmed(event_types: Iterable[object]) -> tuple[str, ...]:
    names = (str(one).strip().lower() for one in event_types if one is not None)
    return tuple(dict.fromkeys(name for name in names if name))


class WebhookEndpointInput(Input):
    """Only what is sent is changed. `event_types`: null, and `["*"]`, are all; an empty list is none."""

    webhook_url: Annotated[str, StringConstraints(strict=True, max_length=LONGEST_URL)] | None = None
    signature_algo: SignatureAlgo | None = None
    name: Annotated[str, StringConstraints(strict=True, max_length=255)] | None = None
    event_types: Annotated[tuple[str, ...] | None, BeforeValidator(_known_types)] = None


def webhook_endpoint_change(values: dict[str, object]) -> dict[str, Any]:
    """What was sent. Raises InvalidInputError."""
    sent = validated(WebhookEndpointInput, values)
    return {name: getattr(sent, name) for name in sent.model_fields_set}
