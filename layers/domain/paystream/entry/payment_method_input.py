"""Lago's `payment_method`: which one of the customer's is charged, or that none is automatically.

Source: https://github.com/getlago/lago-openapi/blob/main/src/schemas/PaymentMethodReference.yaml
"""

from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from paystream.entry.validation import Input, own_code
from paystream.model.payment_method import MethodChoice


class PaymentMethodInput(Input):
    """`provider` with an id is that method of the customer's, without one the default; `manual` is none."""

    payment_method_type: Literal["provider", "manual"] = "provider"
    payment_method_id: Annotated[str, Field(min_length=1, max_length=255)] | None = None

    @model_validator(mode="after")
    def _manual_names_none(self) -> "PaymentMethodInput":
        """In Lago's words: https://github.com/getlago/lago-api/blob/main/app/services/payment_methods/validate_service.rb"""
        if self.payment_method_type == "manual" and self.payment_method_id:
            raise PydanticCustomError(own_code("invalid_payment_method"), "nothing is charged manually")
        return self

    def choice(self) -> MethodChoice:
        return MethodChoice(payment_method_id=self.payment_method_id, is_manual=self.payment_method_type == "manual")
