"""What a card charge shows of its invoice: from the stored invoice alone, and never more than Stripe takes."""

from dataclasses import replace
from typing import Any

import pytest
from builders.records import invoice_record
from paystream.model.card_details import LineItem, card_details
from paystream.model.invoice import Fee


def fee(**changes: Any) -> Fee:
    known: dict[str, Any] = {"add_on_code": "setup", "units": "2", "unit_amount_cents": 2100, "amount_cents": 4200}
    return Fee(**(known | changes))


def lines(*fees: Fee, amount_cents: int = 4200) -> tuple[LineItem, ...]:
    return card_details(replace(invoice_record(), fees=fees), amount_cents).line_items


def details_of_number(number: str) -> tuple[str | None, str | None]:
    found = card_details(replace(invoice_record(), number=number), 4200)
    return found.order_reference, found.statement_descriptor_suffix


@pytest.mark.parametrize(
    ("number", "reference", "suffix"),
    [
        ("ACM-0042-003", "ACM0042003", "M-0042-003"),
        ("acm-1", "acm1", "ACM-1"),
        ("2026/0042", "20260042", "INV0260042"),
        ("42", "42", "INV42"),
        ("A-2026-00000042", "A202600000042", "INV0000042"),
        ("Räch<n>ung *7*", "Rchnung7", "RCHNUNG7"),
        ("…", None, None),
        ("---", None, None),
        ("x" * 255, "x" * 25, "X" * 10),
        ("\u0000\ud7ff", None, None),
    ],
)
def test_the_number_is_cut_to_what_stripe_and_a_statement_take(
    number: str, reference: str | None, suffix: str | None
) -> None:
    assert details_of_number(number) == (reference, suffix)


def test_a_fee_is_a_line_with_its_quantity_and_cost() -> None:
    named = fee(name="Setup", invoice_display_name="Set-up of the site")

    assert lines(named) == (
        LineItem(product_name="Set-up of the site", product_code="setup", quantity=2, unit_cost_cents=2100),
    )


@pytest.mark.parametrize(
    ("units", "unit_amount_cents", "amount_cents"),
    [("1.5", 2800, 4200), ("0", 700, 0), ("0.333", 100, 33), ("1000000", 1, 1_000_000)],
)
def test_what_is_no_number_of_pieces_is_one_piece(units: str, unit_amount_cents: int, amount_cents: int) -> None:
    (line,) = lines(
        fee(units=units, unit_amount_cents=unit_amount_cents, amount_cents=amount_cents), amount_cents=amount_cents
    )

    assert (line.quantity, line.unit_cost_cents) == (1, amount_cents)


def test_lines_that_are_not_the_amount_are_left_out() -> None:
    assert lines(fee(), amount_cents=1200) == ()


def test_more_lines_than_stripe_takes_are_left_out() -> None:
    free = fee(units="1", unit_amount_cents=0, amount_cents=0)

    assert len(lines(fee(), *[free] * 199)) == 200
    assert lines(fee(), *[free] * 200) == ()


def test_names_and_codes_are_cut_and_have_no_control_characters() -> None:
    (line,) = lines(fee(name="\u0001 A\n" + "b" * 2000, add_on_code="set_up-" + "c" * 20))

    assert (line.product_name, line.product_code) == ("A " + "b" * 1022, "setupccccccc")


def test_a_name_of_which_nothing_can_be_shown_gives_way_to_the_code() -> None:
    (line,) = lines(fee(name="\u0001\u200b"))
    assert line.product_name == "setup"

    assert lines(fee(name=None, add_on_code="\u0001")) == ()


def test_an_invoice_without_fees_has_no_lines() -> None:
    assert lines() == ()
