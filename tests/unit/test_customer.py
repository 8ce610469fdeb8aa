"""What follows from how a customer is stored."""

from dataclasses import replace
from datetime import timedelta

import pytest
from builders.cases import CHARGEABLE
from builders.records import RECORDED_AT, customer_record
from paystream.model.customer import MOST_FORMER_LINKS, Customer, FormerLink

FORMER = FormerLink(
    payment_provider_code="former", integration_id="former", provider_customer_id="cus_0", until=RECORDED_AT
)
LATER = RECORDED_AT + timedelta(days=1)


@pytest.mark.parametrize(
    ("profile", "name"),
    [
        ({}, None),
        ({"name": "Acme", "firstname": "Ann", "lastname": "Lee"}, "Acme"),
        ({"name": "", "firstname": "Ann", "lastname": "Lee"}, "Ann Lee"),
        ({"firstname": "Ann"}, "Ann"),
        ({"firstname": "", "lastname": "Lee"}, "Lee"),
    ],
)
def test_the_companys_name_goes_before_the_persons(profile: dict[str, str], name: str | None) -> None:
    assert customer_record(profile).name == name


@pytest.mark.parametrize(("sent", "country"), [("de", "DE"), ("DE", "DE"), ("", None), (None, None)])
def test_the_country_is_in_capitals(sent: str | None, country: str | None) -> None:
    assert customer_record({"country": sent}).country == country


def test_without_a_profile_there_is_no_country() -> None:
    assert customer_record().country is None


@pytest.mark.parametrize(
    ("methods", "charged", "by_transfer", "pays_with"),
    [
        (("card",), ("card",), False, "pm_1"),
        (("sepa_debit",), ("sepa_debit",), False, "pm_1"),
        (("card", "sepa_debit"), ("card", "sepa_debit"), False, "pm_1"),
        (("card", "crypto", "customer_balance"), ("card",), False, "pm_1"),
        (("crypto",), (), False, None),
        (("crypto", "customer_balance"), (), False, None),
        (("customer_balance",), (), True, "customer_balance"),
    ],
)
def test_only_a_saved_method_or_the_balance_alone_is_charged(
    methods: tuple[str, ...], charged: tuple[str, ...], by_transfer: bool, pays_with: str | None
) -> None:
    customer = customer_record(provider_payment_methods=methods, payment_method_id="pm_1")

    assert customer.charged_types == charged
    assert customer.pays_by_bank_transfer is by_transfer
    assert customer.pays_with == pays_with


def test_a_card_is_charged_unless_other_types_were_chosen() -> None:
    assert customer_record().charged_types == ("card",)


@pytest.mark.parametrize(("country", "requires_on_session"), [("in", True), ("IN", True), ("IT", False), ("DE", False)])
def test_a_customer_in_india_requires_on_session(country: str, requires_on_session: bool) -> None:
    assert customer_record({"country": country}).requires_on_session is requires_on_session


def test_the_link_of_today_comes_before_the_former_ones() -> None:
    linked = replace(CHARGEABLE, former_links=(FORMER,))
    today = FormerLink(
        payment_provider_code="stripe", integration_id="integration", provider_customer_id="cus_1", until=LATER
    )

    assert linked.links_until(LATER) == (today, FORMER)


@pytest.mark.parametrize(
    "not_linked",
    [
        replace(CHARGEABLE, payment_provider_code=None),
        replace(CHARGEABLE, integration_id=None),
        replace(CHARGEABLE, provider_customer_id=None),
    ],
)
def test_who_is_not_linked_has_only_former_links(not_linked: Customer) -> None:
    assert replace(not_linked, former_links=(FORMER,)).links_until(LATER) == (FORMER,)


def test_a_record_has_room_for_fifty_former_links() -> None:
    assert MOST_FORMER_LINKS == 50


def test_a_new_customer_has_never_been_stored() -> None:
    assert customer_record().version == 0
