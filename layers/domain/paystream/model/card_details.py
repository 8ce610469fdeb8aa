"""What a bank, a card network and a statement are shown of an invoice that is charged to a card.

All of it follows from the stored invoice and the amount of the attempt, so an attempt that is sent again has the same.
Nothing of it may be the reason that Stripe refuses a charge: what does not fit is cut or left out.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

from paystream.model.invoice import Fee, Invoice

MOST_LINE_ITEMS = 200
LONGEST_PRODUCT_NAME, LONGEST_PRODUCT_CODE = 1024, 12
"""Source: https://docs.stripe.com/api/payment_intents/create#create_payment_intent-amount_details-line_items"""
LONGEST_ORDER_REFERENCE = 25
"""Letters and digits, of which card networks see no more.

Source: https://docs.stripe.com/api/payment_intents/create#create_payment_intent-payment_details-order_reference
"""
LONGEST_DESCRIPTOR_SUFFIX = 10
"""A whole descriptor has 22 characters: a prefix of 10 at the most, `* `, and this.

Source: https://docs.stripe.com/get-started/account/statement-descriptors
"""
_MOST_UNITS = 999_999
_NO_LETTER_OR_DIGIT = re.compile(r"[^A-Za-z0-9]")
_NOT_ON_A_STATEMENT = re.compile(r"[^A-Z0-9-]")
_WITHOUT_LETTERS = "INV"


@dataclass(frozen=True, slots=True, kw_only=True)
class LineItem:
    """One line as Stripe takes it: a whole quantity, and its cost in minor units."""

    product_name: str
    product_code: str | None
    quantity: int
    unit_cost_cents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CardDetails:
    """Level 2 and 3 data of a charge, and what stands on the statement after the account's prefix."""

    order_reference: str | None
    statement_descriptor_suffix: str | None
    line_items: tuple[LineItem, ...] = ()


def card_details(invoice: Invoice, amount_cents: int) -> CardDetails:
    """What is known of a charge over so much, in minor units. The lines are left out where they are not the amount, as
    after a part payment.
    """
    return CardDetails(
        order_reference=_NO_LETTER_OR_DIGIT.sub("", invoice.number)[-LONGEST_ORDER_REFERENCE:] or None,
        statement_descriptor_suffix=_descriptor_suffix(invoice.number),
        line_items=_line_items(invoice.fees, amount_cents),
    )


def _descriptor_suffix(number: str) -> str | None:
    """The end of the number, which is what tells invoices apart; it needs a letter."""
    shown = _NOT_ON_A_STATEMENT.sub("", number.upper()).strip("-")
    end = shown[-LONGEST_DESCRIPTOR_SUFFIX:].strip("-")
    if not end or re.search("[A-Z]", end):
        return end or None
    room = LONGEST_DESCRIPTOR_SUFFIX - len(_WITHOUT_LETTERS)
    return _WITHOUT_LETTERS + shown[-room:].strip("-")


def _line_items(fees: tuple[Fee, ...], amount_cents: int) -> tuple[LineItem, ...]:
    items = tuple(_line_item(fee) for fee in fees)
    adds_up = sum(item.quantity * item.unit_cost_cents for item in items) == amount_cents
    return items if adds_up and len(items) <= MOST_LINE_ITEMS and all(item.product_name for item in items) else ()


def _line_item(fee: Fee) -> LineItem:
    """Parts of a unit, and what is rounded, are one piece that costs all of it."""
    units = Decimal(fee.units)
    is_whole = units == units.to_integral_value() and 0 < units <= _MOST_UNITS
    is_exact = is_whole and units * fee.unit_amount_cents == fee.amount_cents
    names = (fee.invoice_display_name, fee.name, fee.add_on_code)
    return LineItem(
        product_name=next(filter(None, map(_one_line, names)), ""),
        product_code=_NO_LETTER_OR_DIGIT.sub("", fee.add_on_code)[:LONGEST_PRODUCT_CODE] or None,
        quantity=int(units) if is_exact else 1,
        unit_cost_cents=fee.unit_amount_cents if is_exact else fee.amount_cents,
    )


def _one_line(name: str | None) -> str:
    """Without what cannot be printed, and without space around it."""
    printable = "".join(character if character.isprintable() else " " for character in name or "")
    return " ".join(printable.split())[:LONGEST_PRODUCT_NAME].strip()
