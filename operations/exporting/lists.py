"""The API's lists, one object at a time, whatever they hold: a page is held in memory, and no more."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from calling.client import Client, in_path
from calling.errors import OperationError

PAGE = 100
LISTS = ("integrations", "webhook_endpoints", "customers", "invoices", "payments", "webhooks")
"""`webhooks` are the notifications of the last 90 days."""


def objects(client: Client, name: str) -> Iterator[dict[str, Any]]:
    """All of a list, page by page by cursor; the shortest lists have none. What is made meanwhile may be among them.

    Raises OperationError.
    """
    cursor = ""
    while True:
        reply = client.call("GET", f"{name}?per_page={PAGE}&cursor={cursor}")
        if reply.status != HTTPStatus.OK:
            raise OperationError(f"Paystream answered {reply.status} to its list of {name}.")
        yield from reply.body[name]
        cursor = in_path(reply.body.get("meta", {}).get("next_cursor") or "")
        if not cursor:
            return
