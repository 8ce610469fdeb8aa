"""Payments that failed because Stripe refused them, by their code."""

from dataclasses import replace
from typing import Any

import pytest
from paystream.errors import InvalidInputError
from paystream.model.outcome import Failure, PayableStatus
from paystream.model.payment import Payment, PaymentLink
from paystream.model.settlement import Settlement
from paystream.ports.stores import Stores
from stores.records import invoice, payment

REFUSED = Failure(code="odd", message="No.", http_status=400)


def failed(lago_id: str, **more: Any) -> Payment:
    known = replace(payment(lago_id), status="failed", payment_status=PayableStatus.FAILED, failure=REFUSED)
    return replace(known, **({"provider_payment_id": None} | more))


def write(stores: Stores, *payments: Payment) -> None:
    for one in payments:
        written = invoice(f"invoice-of-{one.lago_id}")
        stores.invoices.create(written)
        read = stores.invoices.get(written.organization_id, written.lago_id)
        assert read
        stores.invoices.settle(Settlement(read, one, ()), ())


def test_only_those_with_the_code_and_without_an_intent_are_found(stores: Stores) -> None:
    write(
        stores,
        failed("refused"),
        failed("another-code", failure=replace(REFUSED, code="other")),
        failed("declined", provider_payment_id="pi_1"),
        failed("page", link=PaymentLink()),
        replace(failed("pending"), payment_status=PayableStatus.PENDING),
    )

    page = stores.refused_charges.page("odd", cursor=None)

    assert [one.lago_id for one in page.records] == ["refused"]
    assert page.next_cursor is None


@pytest.mark.parametrize("cursor", ["odd", "[]", "[1, 2]"])
def test_a_cursor_that_is_none_is_refused(stores: Stores, cursor: str) -> None:
    with pytest.raises(InvalidInputError):
        stores.refused_charges.page("odd", cursor=cursor)
