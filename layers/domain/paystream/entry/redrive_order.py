"""What an operator asks for who has stream records handled once more."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import ConfigDict, Field, StrictBool, StringConstraints, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from paystream.entry.invoice_input import Timestamp
from paystream.entry.validation import Input, own_code, validated

_Code = Annotated[str, StringConstraints(strict=True, pattern=r"^[a-z0-9_]{1,100}$")]


class What(StrEnum):
    """Where the records are that were not handled."""

    FAILED_RECORDS = "failed-records"
    MISSED_INVOICES = "missed-invoices"
    MISSED_NOTIFICATIONS = "missed-notifications"
    REFUSED_CHARGES = "refused-charges"
    FIGURES = "figures"


class RedriveOrder(Input):
    """`since` and `until` are the times between which notifications were made, `code` is that of charges that Stripe
    refused; an answer's `next_cursor` goes on where it stopped. A name that is not known is refused: a slip must start
    nothing.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    what: What
    since: Annotated[Timestamp | None, Field(validate_default=True)] = None
    until: Annotated[Timestamp | None, Field(validate_default=True)] = None
    code: Annotated[_Code | None, Field(validate_default=True)] = None
    cursor: Annotated[str, StringConstraints(strict=True, min_length=1)] | None = None
    dry_run: StrictBool = False

    @field_validator("since", "until")
    @classmethod
    def _is_there_for_notifications_only(cls, time: datetime | None, info: ValidationInfo) -> datetime | None:
        """Which records were missed when is known of nothing else."""
        is_wanted = info.data.get("what") is What.MISSED_NOTIFICATIONS
        if is_wanted and time is None:
            raise PydanticCustomError(own_code("value_is_mandatory"), "notifications are chosen by time")
        if not is_wanted and time is not None:
            raise PydanticCustomError(own_code("value_is_invalid"), "only notifications are chosen by time")
        return time

    @field_validator("code")
    @classmethod
    def _is_there_for_charges_only(cls, code: str | None, info: ValidationInfo) -> str | None:
        is_wanted = info.data.get("what") is What.REFUSED_CHARGES
        if is_wanted and code is None:
            raise PydanticCustomError(own_code("value_is_mandatory"), "refused charges are chosen by their code")
        if not is_wanted and code is not None:
            raise PydanticCustomError(own_code("value_is_invalid"), "only refused charges are chosen by a code")
        return code


def redrive_order(event: Mapping[str, Any]) -> RedriveOrder:
    """The checked order. Raises InvalidInputError."""
    return validated(RedriveOrder, event)
