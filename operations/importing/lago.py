"""The customers of Lago's own API, page by page, into a file of JSON Lines that is imported then.

Source: https://getlago.com/docs/api-reference/customers/get-all
"""

import json
import os
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path

from calling.client import Client
from calling.errors import OperationError

PAGE = 100


def fetch_customers(client: Client, path: Path, *, advance: Callable[[int], None]) -> None:
    """Replaces the file once all of them have come. `advance` is called with each page. Raises OperationError.

    Lago lists the newest first: one that is made meanwhile moves the others on, and a page may repeat what the last one
    had. Nothing is left out by that, and what comes twice is imported once.
    """
    unfinished = path.with_suffix(".part")
    page: int | None = 1
    with unfinished.open("w", encoding="utf-8") as file:
        while page:
            reply = client.get(f"customers?page={page}&per_page={PAGE}")
            if reply.status != HTTPStatus.OK or not isinstance(reply.body, dict):
                raise OperationError(f"Lago answered {reply.status} to its list of customers.")
            for customer in reply.body["customers"]:
                file.write(json.dumps(customer) + "\n")
            advance(page)
            page = reply.body["meta"]["next_page"]
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
