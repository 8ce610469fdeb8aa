"""https://docs.stripe.com/expand: ids replaced by the objects they stand for."""

from .accounts import Account
from .errors import invalid_request
from .wire import JsonObject

_DEEPEST = 4
_EXPANDABLE = {
    "application", "balance_transaction", "charge", "customer", "data", "default_payment_method", "default_source",
    "failure_balance_transaction", "invoice", "invoice_settings", "latest_attempt", "latest_charge", "mandate",
    "on_behalf_of", "payment_intent", "payment_method", "payment_record", "review", "setup_intent",
    "single_use_mandate", "source",
}  # fmt: skip


def check_expandable(paths: list[str]) -> None:
    """Before anything takes effect. Raises `ApiError` 400 for a property that no object here can expand."""
    for path in paths:
        parts = path.split(".")
        if len(parts) > _DEEPEST:
            raise invalid_request(f"You cannot expand more than {_DEEPEST} levels of a property.", param="expand")
        if not _EXPANDABLE.issuperset(parts):
            raise invalid_request(f"This property cannot be expanded ({path}).", param="expand")


def expand(account: Account, result: JsonObject, paths: list[str]) -> JsonObject:
    """The result with these paths expanded; `data.customer` reaches into a list. What is not there is left out."""
    for path in paths:
        result = _expand(account, result, path.split("."))
    return result


def _expand(account: Account, node: JsonObject, parts: list[str]) -> JsonObject:
    name, rest = parts[0], parts[1:]
    value = node.get(name)
    if isinstance(value, str):
        value = account.find(value) or value
    if isinstance(value, list):
        value = [_expand(account, item, rest) if rest else item for item in value]
    elif isinstance(value, dict) and rest:
        value = _expand(account, value, rest)
    return {**node, name: value} if name in node else node
