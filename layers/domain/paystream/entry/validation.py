"""Input models: pydantic finds what is wrong, the answer names each field with Lago's code."""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from paystream.errors import InvalidInputError

M = TypeVar("M", bound="Input")

_OWN_CODES = "paystream."


class Input(BaseModel):
    """Unknown keys are ignored, as Lago does; nothing is converted but what JSON cannot say."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    def sent(self) -> dict[str, Any]:
        """Only what was sent, so that an update leaves the rest as it was."""
        return self.model_dump(mode="json", exclude_unset=True)


def validated(model: type[M], values: Mapping[str, Any], *, refused: Mapping[str, list[str]] | None = None) -> M:
    """The input. Raises InvalidInputError that names every field that is wrong, never the value; and what is `refused`
    besides, with its codes.
    """
    details = {field: [*codes] for field, codes in (refused or {}).items()}
    try:
        sent = model.model_validate(values)
    except ValidationError as invalid:
        for error in invalid.errors(include_url=False, include_context=False, include_input=False):
            field = ".".join(str(part) for part in error["loc"]) or "base"
            details.setdefault(field, []).append(_code(error["type"]))
        raise InvalidInputError(details) from None
    if details:
        raise InvalidInputError(details)
    return sent


def own_code(code: str) -> str:
    """Marks a code of ours as the type of a PydanticCustomError, so that it reaches the answer."""
    return _OWN_CODES + code


def _code(error_type: str) -> str:
    if error_type.startswith(_OWN_CODES):
        return error_type.removeprefix(_OWN_CODES)
    return "value_is_mandatory" if error_type == "missing" else "value_is_invalid"
