"""The table of payment method types is the only one: what is written elsewhere says the same, and nothing half."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
import stripe
from api_description import at, description, operations
from builders.method_types import SAMPLES
from paystream.model.payment_method_types import (
    MOST_TRIES,
    PAYMENT_METHOD_TYPES,
    Charged,
    PaymentMethodType,
    Saved,
    WaitsFor,
)
from template import REPOSITORY

ROWS = PAYMENT_METHOD_TYPES.values()
TABLE = REPOSITORY / "layers" / "domain" / "paystream" / "model" / "payment_method_types.py"
SAVED = {
    Saved.ON_PAGE: "on a page that only saves, on payment links",
    Saved.BY_PAYING: "on payment links",
    Saved.NEVER: "never",
}
CHARGED = {
    Charged.OFF_SESSION: "while the customer is not there",
    Charged.FROM_BALANCE: "to the customer's balance",
    Charged.ON_PAGE_ONLY: "on payment links only",
}
WAITS_FOR = {WaitsFor.NOBODY: "nobody", WaitsFor.BANK: "the bank", WaitsFor.CUSTOMER: "the customer"}
AGAIN = {0: "never", 1: "once", 2: "twice", MOST_TRIES - 1: "as the [schedule](#the-schedule) says"}
NAMED_ELSEWHERE = {
    "model/customer.py": {"card"},
    "adapters/stripe/events.py": {"card"},
    "adapters/stripe/intent_params.py": {"card", "customer_balance"},
    "adapters/stripe/checkout_pages.py": {"customer_balance"},
}
"""Lago's default, where Stripe keeps what an updater changes, and the names of Stripe's parameters for cards and
transfers.
"""


def types_of_stripe() -> set[str]:
    """All that Stripe has, as its library says."""
    literal, _ = get_args(stripe.PaymentMethod.__annotations__["type"])
    return set(get_args(literal))


def texts(path: Path) -> Iterator[str]:
    """Every text in a Python file."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def documented(row: PaymentMethodType) -> str:
    """The row of docs/payment-life.md."""
    is_canceled = "yes" if row.is_canceled_while_it_waits else "no"
    cells = (
        f"`{row.name}`",
        SAVED[row.saved],
        CHARGED[row.charged],
        WAITS_FOR[row.waits_for],
        AGAIN.get(row.most_retries, f"{row.most_retries} times"),
        "does not wait" if row.waits_for is WaitsFor.NOBODY else is_canceled,
        "yes" if row.refundable else "no",
        ", ".join(f"[Stripe]({source})" for source in row.sources),
    )
    return f"| {' | '.join(cells)} |"


def documented_tables() -> list[list[str]]:
    """The rows of each table of docs/payment-life.md about types, without the first two."""
    text = (REPOSITORY / "docs" / "payment-life.md").read_text()
    blocks = re.findall(r"^\| `provider_payment_methods` .*\n\|.*\n((?:\|.*\n)+)", text, re.MULTILINE)
    return [block.splitlines() for block in blocks]


def test_stripe_has_each_of_them() -> None:
    assert PAYMENT_METHOD_TYPES.keys() <= types_of_stripe()


def test_the_sandbox_plays_each_of_them_and_no_test_has_more() -> None:
    """`SAMPLES` is what tests/functions/test_every_payment_method_type.py pays with."""
    assert SAMPLES.keys() == PAYMENT_METHOD_TYPES.keys()
    assert [row.name for row in ROWS if row.can_bounce and SAMPLES[row.name].fails is None] == []


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_what_is_charged_while_the_customer_is_not_there_can_be_saved_and_nothing_else(row: PaymentMethodType) -> None:
    assert row.can_be_saved is row.is_charged_off_session
    assert row.goes_with in (None, *PAYMENT_METHOD_TYPES)
    assert all(source.startswith("https://docs.stripe.com/") for source in row.sources)


def test_the_description_of_the_api_names_them() -> None:
    assert at(("components", "schemas", "PaymentMethodType"))["enum"] == list(PAYMENT_METHOD_TYPES)


def test_the_description_of_the_page_names_those_that_are_not_saved_there() -> None:
    (operation,) = [one for one in operations().values() if at(one)["operationId"] == "checkOutCustomer"]
    (sentence,) = re.findall(r"can be saved there: (.*) cannot\.", at(operation)["description"], re.DOTALL)

    assert re.findall(r"`(\w+)`", sentence) == [row.name for row in ROWS if row.saved is not Saved.ON_PAGE]


def test_the_description_of_customers_says_what_goes_together() -> None:
    schema = description()["components"]["schemas"]["BillingConfigurationInput"]
    text = " ".join(schema["properties"]["provider_payment_methods"]["description"].split())

    rules = [f"`{row.name}` needs `{row.goes_with}`" for row in ROWS if row.goes_with]
    rules += [f"`{row.name}` stands alone" for row in ROWS if row.is_transfer]
    assert ", ".join(rules) in text


def test_the_documentation_says_what_each_can_do() -> None:
    how_long, facts = documented_tables()

    assert facts == [documented(row) for row in ROWS]
    assert [line.split(" | ")[0] for line in how_long] == [f"| `{row.name}`" for row in ROWS]


def test_no_other_module_of_the_product_knows_a_type_by_its_name() -> None:
    product = REPOSITORY / "layers" / "domain" / "paystream"
    paths = [*product.rglob("*.py"), *(REPOSITORY / "functions").rglob("*.py")]
    named = {
        str(path.relative_to(product) if path.is_relative_to(product) else path): types_of_stripe() & set(texts(path))
        for path in paths
        if path != TABLE
    }

    assert {path: names for path, names in named.items() if names} == NAMED_ELSEWHERE


def test_the_sandbox_knows_stripe_on_its_own() -> None:
    """It would agree with a wrong row otherwise."""
    sandbox = [path.read_text() for path in (REPOSITORY / "sandbox" / "stripe").rglob("*.py")]

    assert not [text for text in sandbox if re.search(r"^\s*(from|import) paystream", text, re.MULTILINE)]
