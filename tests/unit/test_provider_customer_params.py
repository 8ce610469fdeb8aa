"""use_cases/create_provider_customer: what Stripe gets of a customer."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from paystream.model.customer import Customer
from paystream.steps.customers.begin_creation import begin_creation, provider_customer_params
from paystream.use_cases.customers.create_provider_customer import params_to_change

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
TEXTS = st.none() | st.text(max_size=5)
PROFILES = st.dictionaries(
    st.sampled_from(["name", "firstname", "lastname", "email", "phone", "city", "country", "zipcode"]), TEXTS
)


def customer(**profile: Any) -> Customer:
    return Customer(
        organization_id="0a1b2c3d-0000-4000-8000-000000000001",
        external_id="acme",
        lago_id="5d2f0000-0000-4000-8000-000000000020",
        profile=profile,
        created_at=NOW,
        updated_at=NOW,
    )


def changed(knows: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """What Stripe knows after an update: nested objects are merged, what is empty is unset."""
    address = changes.get("address")
    merged = knows | changes
    if address:
        merged["address"] = {name: value for name, value in (knows.get("address", {}) | address).items() if value}
    return {name: value for name, value in merged.items() if value}


def test_the_companys_name_goes_before_the_persons() -> None:
    assert provider_customer_params(customer(name="Acme", firstname="Ann", lastname="Lee"))["name"] == "Acme"
    assert provider_customer_params(customer(firstname="Ann", lastname="Lee"))["name"] == "Ann Lee"
    assert provider_customer_params(customer(name="", lastname="Lee"))["name"] == "Lee"


def test_of_several_addresses_the_first_is_sent() -> None:
    assert provider_customer_params(customer(email=" ap@acme.test , cfo@acme.test")) == {"email": "ap@acme.test"}


def test_nothing_is_sent_of_a_customer_without_a_profile() -> None:
    assert provider_customer_params(customer(name="", email=" ", phone="", city="")) == {}


def test_the_same_state_of_a_customer_has_the_same_idempotency_key() -> None:
    first, second = begin_creation(customer(), NOW), begin_creation(customer(name="Acme"), NOW)

    assert first.creation
    assert second.creation
    assert first.creation.idempotency_key == second.creation.idempotency_key


@given(PROFILES)
def test_no_change_is_no_request(profile: dict[str, Any]) -> None:
    params = provider_customer_params(customer(**profile))

    assert params_to_change(params, params) == {}


@given(PROFILES, PROFILES)
def test_after_the_request_stripe_knows_all_but_names_and_numbers_that_are_gone(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    old, new = provider_customer_params(customer(**before)), provider_customer_params(customer(**after))

    known = changed(old, params_to_change(old, new))

    stays = {name: old[name] for name in ("name", "phone") if name in old and name not in new}
    assert known == new | stays
