"""The event source mappings that bring streams and queues to their functions."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sandbox.chaos.world import Chaos


def mapping(chaos: Chaos, function: str) -> dict[str, Any]:
    """The one of a function, as Lambda describes it."""
    physical_name = chaos.killer.functions[function]
    answer = chaos.stack.emulator.client("lambda").list_event_source_mappings(FunctionName=physical_name)
    (found,) = answer["EventSourceMappings"]
    described: dict[str, Any] = found
    return described


@contextmanager
def switched_off(chaos: Chaos, function: str) -> Iterator[None]:
    """Inside, the function is brought nothing. After it, all comes that was kept from it."""
    client = chaos.stack.emulator.client("lambda")
    identifier = mapping(chaos, function)["UUID"]
    client.update_event_source_mapping(UUID=identifier, Enabled=False)
    try:
        yield
    finally:
        client.update_event_source_mapping(UUID=identifier, Enabled=True)
