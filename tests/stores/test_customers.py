"""Customers, how they are found, and how their invoices are counted."""

from dataclasses import replace

import pytest
from paystream.adapters.dynamodb.database import Tables
from paystream.errors import InvalidInputError, VersionConflictError
from paystream.model.card_declines import with_decline_of
from paystream.model.customer import CustomerCreation, FormerLink, RefusedCreation
from paystream.model.settlement import Settlement
from paystream.ports.pages import PageRequest
from paystream.ports.stores import Stores
from stores.records import NOW, ORGANIZATION, OTHER_ORGANIZATION, at, customer, invoice, notification, payment
from stores.targets import Target


def test_one_is_read_as_it_was_saved(stores: Stores) -> None:
    link = FormerLink(
        payment_provider_code="old", integration_id="integration-0", provider_customer_id="cus_0", until=at(-5)
    )
    creation = CustomerCreation(idempotency_key="key", started_at=NOW, params={"address": {"line1": ""}, "list": [1]})

    refused = RefusedCreation(at=NOW, code="email_invalid")

    saved = stores.customers.save(
        customer(former_links=(link,), creation=creation, creation_refused=refused, sync_with_provider=False)
    )

    assert stores.customers.get(ORGANIZATION, "acme") == saved
    assert stores.customers.get(OTHER_ORGANIZATION, "acme") is None


def test_what_is_known_of_its_cards_is_written_with_what_it_follows_from(stores: Stores) -> None:
    declines = with_decline_of((), "pm_1", "card-1", is_hard=True, now=NOW)
    read = stores.customers.save(customer())
    known = replace(read, card_declines=declines, last_paid_payment_method_id="pm_2")
    stores.invoices.create(invoice())

    stores.invoices.settle(Settlement(invoice(), payment(), (), customer=known), ())

    assert stores.customers.get(ORGANIZATION, "acme") == replace(known, version=read.version + 1)
    with pytest.raises(VersionConflictError):
        stores.customers.save(replace(read, payment_method_id="pm_1"))


def test_nothing_is_written_of_the_cards_of_nobody(stores: Stores) -> None:
    stores.invoices.create(invoice())
    known = customer(card_declines=with_decline_of((), "pm_1", None, is_hard=True, now=NOW))

    with pytest.raises(VersionConflictError):
        stores.invoices.settle(Settlement(invoice(), payment(), (), customer=known), ())

    assert stores.customers.get(ORGANIZATION, "acme") is None


@pytest.mark.parametrize("external_id", ["", "x" * 1025], ids=len)
def test_there_is_none_under_a_key_that_cannot_be(stores: Stores, external_id: str) -> None:
    assert stores.customers.get(ORGANIZATION, external_id) is None


def test_the_longest_key_is_one(stores: Stores) -> None:
    saved = stores.customers.save(customer("é" * 512))
    assert stores.customers.get(ORGANIZATION, saved.external_id) == saved
    assert stores.customers.page(ORGANIZATION, request=PageRequest(1, cursor=None)).records == (saved,)


def test_a_lost_race_writes_nothing_of_the_transaction(stores: Stores, target: Target, tables: Tables) -> None:
    read = stores.customers.save(customer())
    stores.customers.save(replace(read, payment_method_id="pm_1"))

    with pytest.raises(VersionConflictError):
        stores.customers.save(replace(read, payment_method_id="pm_2"), (notification(),))

    found = stores.customers.get(ORGANIZATION, "acme")
    assert found
    assert found.payment_method_id == "pm_1"
    assert target.dynamodb.scan(TableName=tables.notifications)["Count"] == 0


def test_a_customer_and_what_is_notified_are_written_together(stores: Stores, target: Target, tables: Tables) -> None:
    stores.customers.save(customer(), (notification(), notification("notification-2")))

    assert stores.customers.get(ORGANIZATION, "acme")
    assert target.dynamodb.scan(TableName=tables.notifications)["Count"] == 2


def test_those_of_a_stripe_customer_are_found_for_as_long_as_they_are_linked(stores: Stores) -> None:
    linked = [stores.customers.save(customer(name, provider_customer_id="cus_1")) for name in ("a", "b")]
    stores.customers.save(customer("c", provider_customer_id="cus_2"))
    stores.customers.save(customer("d"))
    stores.customers.save(customer(organization_id=OTHER_ORGANIZATION, provider_customer_id="cus_1"))
    assert {found.external_id for found in stores.customers.by_provider_id(ORGANIZATION, "cus_1")} == {"a", "b"}

    stores.customers.save(replace(linked[0], provider_customer_id=None))

    assert stores.customers.by_provider_id(ORGANIZATION, "cus_1") == (linked[1],)
    assert stores.customers.by_provider_id(ORGANIZATION, "cus_3") == ()


def test_every_page_is_reached_by_cursor(stores: Stores) -> None:
    names = ["a", "b", "c", "d", "e"]
    for name in reversed(names):
        stores.customers.save(customer(name))
    stores.customers.save(customer("aa", organization_id=OTHER_ORGANIZATION))

    pages: list[list[str]] = []
    cursor = None
    while not pages or cursor:
        page = stores.customers.page(ORGANIZATION, request=PageRequest(2, cursor=cursor))
        pages.append([found.external_id for found in page.records])
        cursor = page.next_cursor

    assert pages == [["a", "b"], ["c", "d"], ["e"]]


@pytest.mark.parametrize("cursor", ["no cursor", "e30", "eyJleHRlcm5hbF9pZCI6ICIifQ", "WzFd", "é"])
def test_a_cursor_that_is_not_ours_is_refused(stores: Stores, cursor: str) -> None:
    with pytest.raises(InvalidInputError):
        stores.customers.page(ORGANIZATION, request=PageRequest(2, cursor=cursor))


def test_invoices_are_counted_for_each_customer(stores: Stores) -> None:
    counted = [stores.customers.next_invoice_sequence(ORGANIZATION, name) for name in ("a", "a", "b", "a")]

    assert counted == [1, 2, 1, 3]
    assert stores.customers.next_invoice_sequence(OTHER_ORGANIZATION, "a") == 1
