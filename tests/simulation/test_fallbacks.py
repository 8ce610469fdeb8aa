"""The invariant of the wallet notices what it is there for."""

from typing import Any

import pytest

from simulation.fallbacks import Fallbacks


@pytest.fixture
def complaints() -> list[str]:
    return []


@pytest.fixture
def fallbacks(complaints: list[str]) -> Fallbacks:
    """Looks at one customer who has agreed, and at one who has not; the default of both is `pm_default`."""
    found = Fallbacks(complaints.append, agreed={"cus_agreed": True, "cus_other": False})
    for customer in found.agreed:
        found.note_customer({"id": customer, "invoice_settings": {"default_payment_method": "pm_default"}})
    return found


def charge(method: str, *, customer: str = "cus_agreed", payment: str = "payment-1") -> dict[str, Any]:
    """A charge by Paystream."""
    names = {"lago_invoice_id": "invoice-1", "lago_payment_id": payment}
    return {"customer": customer, "payment_method": method, "metadata": names}


def test_the_default_may_be_charged_again_and_without_consent(fallbacks: Fallbacks, complaints: list[str]) -> None:
    for payment in ("payment-1", "payment-2"):
        fallbacks.charge(charge("pm_default", customer="cus_other", payment=payment))

    assert complaints == []


def test_another_method_is_charged_once_and_its_request_may_be_repeated(
    fallbacks: Fallbacks, complaints: list[str]
) -> None:
    fallbacks.charge(charge("pm_2"))
    fallbacks.charge(charge("pm_2"))
    assert complaints == []

    fallbacks.charge(charge("pm_2", payment="payment-2"))
    assert complaints == ["invoice invoice-1 is charged to pm_2 again after a decline"]


@pytest.mark.parametrize(("advice_code", "may_be"), [("try_again_later", True), ("do_not_try_again", False)])
def test_another_method_is_charged_again_where_the_decline_passes(
    fallbacks: Fallbacks, complaints: list[str], advice_code: str, may_be: bool
) -> None:
    first = charge("pm_2")
    fallbacks.charge(first)
    fallbacks.note_intent({"metadata": first["metadata"], "last_payment_error": {"advice_code": advice_code}})

    fallbacks.charge(charge("pm_2", payment="payment-2"))

    assert (complaints == []) is may_be


def test_another_method_is_never_charged_without_consent(fallbacks: Fallbacks, complaints: list[str]) -> None:
    fallbacks.charge(charge("pm_2", customer="cus_other"))

    assert complaints == ["invoice invoice-1 is charged to pm_2, and cus_other has not agreed"]


def test_a_bank_transfer_needs_no_consent_since_it_charges_no_method(
    fallbacks: Fallbacks, complaints: list[str]
) -> None:
    for payment in ("payment-1", "payment-2"):
        by_transfer = charge("pm_2", customer="cus_other", payment=payment)
        del by_transfer["payment_method"]
        fallbacks.charge(by_transfer)

    assert complaints == []


def test_what_another_system_charges_is_its_own_matter(fallbacks: Fallbacks, complaints: list[str]) -> None:
    other = charge("pm_2", customer="cus_other")
    other["metadata"]["made_by"] = "another system"

    fallbacks.charge(other)

    assert complaints == []
