"""Lists and the changes that every resource makes alike."""

from typing import Any

from sandbox.stripe.checks import MOST_KEYS
from sandbox.stripe.context import Context
from sandbox.stripe.errors import invalid_request
from sandbox.stripe.store import Collection, Page, Predicate
from sandbox.stripe.wire import JsonObject


def list_page(
    collection: Collection,
    url: str,
    params: JsonObject,
    match: dict[str, Any] | None = None,
    accept: Predicate | None = None,
) -> JsonObject:
    """A list object. Raises `ApiError` for a limit outside 1 to 100 or a cursor that names nothing."""
    page = Page(params)
    if not 1 <= page.limit <= 100:
        bound = "greater than or equal to 1" if page.limit < 1 else "less than or equal to 100"
        raise invalid_request(f"This value must be {bound}.", code="parameter_invalid_integer", param="limit")
    for cursor in ("starting_after", "ending_before"):
        if cursor in params:
            collection.require(params[cursor], cursor)
    data, has_more = collection.page(page, match or {}, accept)
    return {"object": "list", "data": data, "has_more": has_more, "url": url}


def refuse_deleted_customer(context: Context, params: JsonObject) -> None:
    """A list of what a deleted customer has, where the sandbox is set to refuse it. Raises `ApiError`."""
    if "customer" in params and not context.world.settings.lists_what_deleted_customers_have:
        context.account.customers.require(params["customer"], "customer")


def merge_metadata(current: JsonObject, sent: Any) -> JsonObject:
    """An empty value unsets its key, an empty string all of them: https://docs.stripe.com/api/metadata."""
    if sent == "":
        return {}
    merged = {key: value for key, value in {**current, **(sent or {})}.items() if value != ""}
    if len(merged) > MOST_KEYS:
        raise invalid_request(f"Metadata can have up to {MOST_KEYS} keys.", param="metadata")
    return merged


def changed_attributes(before: JsonObject, after: JsonObject) -> JsonObject:
    """What `previous_attributes` of an update event shows: the former values, nested objects only as far as changed."""
    previous: JsonObject = {}
    for name in before | after:
        former: Any = before.get(name)
        value: Any = after.get(name)
        if former != value:
            previous[name] = _what_changed(name, former, value)
    return previous


def _what_changed(name: str, former: Any, value: Any) -> Any:
    """Keys that were added are shown of metadata alone."""
    if not (isinstance(former, dict) and isinstance(value, dict)):
        return former
    names = sorted({*former, *value}) if name == "metadata" else former
    return {key: former.get(key) for key in names if former.get(key) != value.get(key)}


def chosen(params: JsonObject, *names: str) -> JsonObject:
    """The parameters of these names that were sent."""
    return {name: params[name] for name in names if name in params}


def cleared(value: Any) -> Any:
    """An empty string unsets an attribute."""
    return None if value == "" else value
