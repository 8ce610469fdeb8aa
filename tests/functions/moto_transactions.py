"""DynamoDB's transactions in memory: one after the other, and as fast as a table is large does not matter.

moto copies all tables of a transaction before each one, so that it can undo it, and lets two of them run at once.
"""

import copy
from collections import defaultdict
from threading import RLock
from typing import Any

import pytest
from botocore.client import BaseClient
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.table import Table


def make_transactions_quick_and_atomic(monkeypatch: pytest.MonkeyPatch) -> None:
    """Copy what a transaction may change and nothing else; let no other call of AWS in between."""
    lock = RLock()
    call, transact = vars(BaseClient)["_make_api_call"], vars(DynamoDBBackend)["transact_write_items"]

    def one_at_a_time(client: BaseClient, operation: str, parameters: dict[str, Any]) -> Any:
        with lock:
            return call(client, operation, parameters)

    def shallow(table: Table, memo: dict[int, Any]) -> Table:
        copied = copy.copy(table)
        copied.items = defaultdict(dict, {key: dict(items) for key, items in table.items.items()})
        return copied

    def undoing_updates(backend: DynamoDBBackend, actions: list[dict[str, Any]]) -> None:
        updates = [action["Update"] for action in actions if "Update" in action]
        items = [(update, backend.get_item(update["TableName"], update["Key"])) for update in updates]
        before = [(update["TableName"], copy.deepcopy(item)) for update, item in items if item]
        try:
            transact(backend, actions)
        except Exception:
            for table, item in before:
                backend.tables[table].items[item.hash_key][item.range_key] = item
            raise

    monkeypatch.setattr(BaseClient, "_make_api_call", one_at_a_time)
    monkeypatch.setattr(Table, "__deepcopy__", shallow, raising=False)
    monkeypatch.setattr(DynamoDBBackend, "transact_write_items", undoing_updates)
