"""What an operator asks for who has the figures checked."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import ConfigDict, StringConstraints

from paystream.entry.validation import Input, validated
from paystream.use_cases.figures.check_figures import Part


class CheckOrder(Input):
    """An answer's `next_cursor` goes on where it stopped. A name that is not known is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    part: Part
    cursor: Annotated[str, StringConstraints(strict=True, min_length=1)] | None = None


def check_order(event: Mapping[str, Any]) -> CheckOrder:
    """The checked order. Raises InvalidInputError."""
    return validated(CheckOrder, event)
