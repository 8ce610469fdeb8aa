"""find-records: what an organization has, page by page, and nothing of anybody else's."""

import base64
import json
from typing import Any

import pytest
from builders.accounts import OTHER_ORGANIZATION
from builders.customers import DECLINED
from builders.durations import DAY
from builders.invoices import INVOICE_OF_EVENTS
from builders.stripe_events import event, events_due, intent, post
from paystream.model.identifiers import payment_id
from world.api_gateway import ORGANIZATION, Answer
from world.world import World, load_event

LISTS = ["/api/v1/customers", "/api/v1/invoices", "/api/v1/payments"]


@pytest.fixture
def paid_world(world: World) -> World:
    """One customer with one invoice that is paid."""
    world.connect()
    world.customer()
    world.put_invoice_item(lago_id=INVOICE_OF_EVENTS, number="ACM-0042-003")
    world.run()
    return world


def invoices(world: World, number: int) -> list[str]:
    """So many invoices of a customer without a card, a second apart, oldest first."""
    world.connect()
    world.customer(payment_method=None)
    made = []
    for _ in range(number):
        made.append(world.create_invoice())
        world.pass_time(1)
    return made


def pages(world: World, path: str, kind: str) -> list[list[str]]:
    """The ids on each page, as a client finds them that follows the cursors."""
    found = []
    cursor = ""
    while True:
        body = world.api("GET", f"{path}{cursor}").body
        found.append([entry.get("external_id") or entry["lago_id"] for entry in body[kind]])
        if body["meta"]["next_cursor"] is None:
            return found
        cursor = f"&cursor={body['meta']['next_cursor']}"


def is_not_found(answer: Answer, code: str) -> bool:
    return (answer.status, answer.body) == (404, {"status": 404, "error": "Not Found", "code": code})


def is_not_acceptable(answer: Answer, **details: list[str]) -> bool:
    expected = {"status": 422, "error": "Unprocessable Entity", "code": "validation_errors", "error_details": details}
    return answer.status == 422 and answer.body | {"error": expected["error"]} == expected


class TestOneRecord:
    def test_a_customer(self, paid_world: World) -> None:
        customer = paid_world.api("GET", "/api/v1/customers/acme").body["customer"]
        assert customer["external_id"] == "acme"
        assert customer["billing_configuration"]["provider_customer_id"].startswith("cus_")

    def test_a_customer_whose_id_is_not_plain(self, world: World) -> None:
        world.api("POST", "/api/v1/customers", {"customer": {"external_id": "Ächmé/1 %", "name": "Acme"}})
        answer = world.api("GET", "/api/v1/customers/%C3%84chm%C3%A9%2F1%20%25")
        assert answer.body["customer"]["external_id"] == "Ächmé/1 %"

    def test_an_invoice(self, paid_world: World) -> None:
        invoice = paid_world.api("GET", f"/api/v1/invoices/{INVOICE_OF_EVENTS}").body["invoice"]
        assert (invoice["lago_id"], invoice["number"], invoice["payment_status"]) == (
            INVOICE_OF_EVENTS,
            "ACM-0042-003",
            "succeeded",
        )
        assert invoice["customer"]["external_id"] == "acme"

    def test_a_payment(self, paid_world: World) -> None:
        lago_id = payment_id(ORGANIZATION, INVOICE_OF_EVENTS, 1)
        payment = paid_world.api("GET", f"/api/v1/payments/{lago_id}").body["payment"]
        assert (payment["lago_id"], payment["lago_payable_id"], payment["reference"]) == (
            lago_id,
            INVOICE_OF_EVENTS,
            "",
        )

    @pytest.mark.parametrize("kind", ["customer", "invoice", "payment"])
    def test_what_does_not_exist_is_not_found(self, paid_world: World, kind: str) -> None:
        for unknown in ("nobody", "x" * 1025, "%20", "é" * 600):
            assert is_not_found(paid_world.api("GET", f"/api/v1/{kind}s/{unknown}"), f"{kind}_not_found")

    def test_what_belongs_to_another_organization_does_not_exist(self, paid_world: World) -> None:
        paths = {
            "customer": "/api/v1/customers/acme",
            "invoice": f"/api/v1/invoices/{INVOICE_OF_EVENTS}",
            "payment": f"/api/v1/payments/{payment_id(ORGANIZATION, INVOICE_OF_EVENTS, 1)}",
        }
        for kind, path in paths.items():
            answer = paid_world.api("GET", path, organization_id=OTHER_ORGANIZATION)
            assert is_not_found(answer, f"{kind}_not_found")
        answer = paid_world.api(
            "GET", f"/api/v1/payments?invoice_id={INVOICE_OF_EVENTS}", organization_id=OTHER_ORGANIZATION
        )
        assert is_not_found(answer, "invoice_not_found")


class TestLists:
    @pytest.mark.parametrize("path", LISTS)
    def test_an_organization_without_any_has_an_empty_page(self, paid_world: World, path: str) -> None:
        answer = paid_world.api("GET", path, organization_id=OTHER_ORGANIZATION)
        counted = {"current_page": 1, "total_pages": 0, "total_count": 0}
        nothing = counted | dict.fromkeys(["next_page", "prev_page", "next_cursor"])
        assert (answer.status, answer.body) == (200, {path.rpartition("/")[2]: [], "meta": nothing})

    def test_invoices_are_listed_newest_first(self, world: World) -> None:
        made = invoices(world, 3)
        assert pages(world, "/api/v1/invoices?per_page=100", "invoices") == [made[::-1]]

    @pytest.mark.parametrize("query", ["", "&external_customer_id=acme"])
    def test_pages_lead_to_each_record_once(self, world: World, query: str) -> None:
        made = invoices(world, 5)
        assert pages(world, f"/api/v1/invoices?per_page=2{query}", "invoices") == [
            made[:2:-1],
            made[2:0:-1],
            made[:1],
        ]

    def test_customers_are_listed_by_their_id(self, world: World) -> None:
        for external_id in ("c", "a", "b"):
            world.api("POST", "/api/v1/customers", {"customer": {"external_id": external_id, "name": "Acme"}})
        assert pages(world, "/api/v1/customers?per_page=2", "customers") == [["a", "b"], ["c"]]

    def test_payments_are_listed_newest_first(self, world: World) -> None:
        world.connect()
        world.customer()
        made = []
        for _ in range(3):
            made.append(payment_id(ORGANIZATION, world.create_invoice(), 1))
            world.run()
            world.pass_time(1)
        assert pages(world, "/api/v1/payments?per_page=2", "payments") == [made[:0:-1], made[:1]]

    def test_invoices_of_one_customer(self, world: World) -> None:
        invoices(world, 1)
        world.api("POST", "/api/v1/customers", {"customer": {"external_id": "other", "name": "Other"}})
        theirs = world.create_invoice("other")
        assert pages(world, "/api/v1/invoices?external_customer_id=other", "invoices") == [[theirs]]
        for nobody in ("nobody", "x" * 3000, "%E2%82%AC" * 1000):
            assert pages(world, f"/api/v1/invoices?external_customer_id={nobody}", "invoices") == [[]]

    def test_a_customer_id_of_a_thousand_bytes_finds_its_invoices(self, world: World) -> None:
        longest = "😀" * 247
        world.api("POST", "/api/v1/customers", {"customer": {"external_id": longest, "name": "Acme"}})
        made = world.create_invoice(longest)
        found = load_event("find-records") | {"queryStringParameters": {"external_customer_id": longest}}
        assert [invoice["lago_id"] for invoice in world.call("find-records", found).body["invoices"]] == [made]

    def test_payments_of_one_invoice_are_all_its_attempts(self, world: World) -> None:
        (invoice_id,) = invoices(world, 1)
        events_due(world)
        assert world.payments(invoice_id) == []
        post(
            world,
            event(world, "payment_intent.payment_failed", intent(invoice_id, "requires_payment_method", attempt=1)),
        )
        post(world, event(world, "payment_intent.succeeded", intent(invoice_id, "succeeded", attempt=2)))
        assert [payment["attempt"] for payment in world.payments(invoice_id)] == [2, 1]

    def test_payments_of_an_unknown_invoice_are_not_found(self, paid_world: World) -> None:
        assert is_not_found(paid_world.api("GET", "/api/v1/payments?invoice_id=nobody"), "invoice_not_found")

    def test_a_page_has_a_hundred_records_unless_fewer_are_asked_for(self, world: World) -> None:
        for number in range(101):
            world.api(
                "POST", "/api/v1/customers", {"customer": {"external_id": f"customer-{number:03}", "name": "Acme"}}
            )
        for query in ("", "?per_page=100", "?per_page=101", "?per_page=999999999"):
            answer = world.api("GET", f"/api/v1/customers{query}")
            assert (len(answer.body["customers"]), answer.body["meta"]["next_page"]) == (100, 2)
        assert [len(page) for page in pages(world, "/api/v1/customers?per_page=60", "customers")] == [60, 41]


class TestPageNumbers:
    @pytest.mark.parametrize(
        "query", ["", "&external_customer_id=acme", "&payment_status=pending", "&search_term=ACME"]
    )
    def test_lead_to_each_record_once_and_count_them(self, world: World, query: str) -> None:
        made = invoices(world, 5)
        world.collect_new_invoices()

        found = [world.api("GET", f"/api/v1/invoices?per_page=2&page={page}{query}").body for page in (1, 2, 3, 4)]

        ids = [[invoice["lago_id"] for invoice in body["invoices"]] for body in found]
        assert ids == [made[:2:-1], made[2:0:-1], made[:1], []]
        shown = [(body["meta"]["prev_page"], body["meta"]["next_page"]) for body in found]
        assert shown == [(None, 2), (1, 3), (2, None), (3, None)]
        assert {(body["meta"]["total_count"], body["meta"]["total_pages"]) for body in found} == {(5, 3)}

    @pytest.mark.parametrize("path", LISTS)
    def test_are_there_in_every_list(self, paid_world: World, path: str) -> None:
        meta = paid_world.api("GET", f"{path}?page=1&per_page=1").body["meta"]

        assert (meta["current_page"], meta["total_count"], meta["next_page"]) == (1, 1, None)

    def test_after_a_cursor_nothing_is_counted(self, world: World) -> None:
        invoices(world, 3)
        cursor = world.api("GET", "/api/v1/invoices?per_page=1").body["meta"]["next_cursor"]

        meta = world.api("GET", f"/api/v1/invoices?per_page=1&cursor={cursor}").body["meta"]

        assert (meta["current_page"], meta["total_count"]) == (None, None)
        assert meta["next_cursor"]


class TestFilters:
    def found(self, world: World, query: str) -> set[str]:
        """The numbers of the invoices."""
        answer = world.api("GET", f"/api/v1/invoices?{query}")
        assert answer.status == 200, answer.body
        numbers = {str(invoice["number"]) for invoice in answer.body["invoices"]}
        assert answer.body["meta"]["total_count"] == len(numbers)
        return numbers

    @pytest.fixture
    def several(self, world: World) -> World:
        """A is paid, B is declined and voided, C waits, D is declined; C is of another day, D of another currency."""
        world.connect()
        world.customer("good")
        world.customer("bad", payment_method=DECLINED)
        world.customer("poor", payment_method=None)
        world.create_invoice("good", number="A", amount=100)
        voided = world.create_invoice("bad", number="B", amount=200)
        world.create_invoice("bad", number="D", amount=400, currency="USD")
        world.run()
        world.api("POST", f"/api/v1/invoices/{voided}/void")
        world.pass_time(DAY)
        world.create_invoice("poor", number="C", amount=300)
        world.collect_new_invoices()
        return world

    def test_choose_what_is_wanted(self, several: World) -> None:
        wanted = {
            "payment_status=failed": "BD",
            "payment_status=pending": "C",
            "payment_statuses[]=failed&payment_statuses[]=succeeded": "ABD",
            "payment_statuses%5B%5D=pending": "C",
            "status=voided": "B",
            "status=finalized": "ACD",
            "statuses[]=voided&statuses[]=draft": "B",
            "status=draft": "",
            "payment_status=failed&status=finalized": "D",
            "external_customer_id=bad&payment_status=failed": "BD",
            "external_customer_id=good&payment_status=failed": "",
            "issuing_date_from=2026-11-24": "C",
            "issuing_date_to=2026-11-23": "ABD",
            "issuing_date_from=2026-11-23&issuing_date_to=2026-11-24": "ABCD",
            "amount_from=200&amount_to=300": "BC",
            "currency=USD": "D",
            "search_term=PoO": "C",
            "search_term=nothing": "",
            "invoice_type=one_off": "ABCD",
            "customer_external_id=good": "A",
            "invoice_type=subscription": "",
            "payment_overdue=true": "D",
            "payment_overdue=false": "ABC",
            "payment_overdue=true&external_customer_id=good": "",
            "payment_dispute_lost=true": "",
            "payment_dispute_lost=false&payment_overdue=false": "ABC",
        }

        assert {query: self.found(several, query) for query in wanted} == {
            query: set(numbers) for query, numbers in wanted.items()
        }

    def test_follow_the_invoice_when_its_status_changes(self, several: World) -> None:
        (waiting,) = several.api("GET", "/api/v1/invoices?payment_status=pending").body["invoices"]

        several.api("PUT", f"/api/v1/invoices/{waiting['lago_id']}", {"invoice": {"payment_status": "succeeded"}})

        assert self.found(several, "payment_status=pending") == set()
        assert self.found(several, "payment_status=succeeded") == {"A", "C"}

    def test_hold_for_one_customers_invoices_and_payments(self, several: World) -> None:
        invoices = several.api("GET", "/api/v1/customers/bad/invoices?status=finalized").body["invoices"]
        payments = several.api("GET", "/api/v1/customers/bad/payments").body["payments"]
        ours = several.api("GET", "/api/v1/payments?external_customer_id=good").body["payments"]

        assert [invoice["number"] for invoice in invoices] == ["D"]
        assert {payment["amount_cents"] for payment in payments} == {200, 400}
        assert [payment["amount_cents"] for payment in ours] == [100]
        assert several.api("GET", "/api/v1/customers/nobody/invoices").body["invoices"] == []

    def test_lead_on_by_cursor_through_several_statuses(self, several: World) -> None:
        query = "/api/v1/invoices?per_page=1&payment_statuses[]=failed&payment_statuses[]=pending"

        assert len(pages(several, query, "invoices")) == 3


class TestCost:
    """Two reads of DynamoDB for a page, whatever is in the table."""

    PAGES = (
        "invoices?per_page=2",
        "invoices?per_page=1&page=3",
        "invoices?per_page=2&external_customer_id=acme",
        "invoices?per_page=2&payment_status=pending",
        "invoices?per_page=2&search_term=acme",
        "customers/acme/invoices?per_page=2",
        "payments?per_page=2",
        "customers/acme/payments?per_page=2",
        "customers?per_page=2",
    )

    @pytest.mark.parametrize("number", [3, 40])
    def test_of_a_page(self, world: World, number: int) -> None:
        invoices(world, number)
        world.collect_new_invoices()

        costs = {query: self.cost(world, query) for query in self.PAGES}

        assert {query: cost for query, cost in costs.items() if cost > 2} == {}

    def test_of_a_page_after_a_cursor(self, world: World) -> None:
        invoices(world, 40)
        cursor = world.api("GET", "/api/v1/invoices?per_page=10&page=3").body["meta"]["next_cursor"]
        before = self.reads(world)

        assert len(world.api("GET", f"/api/v1/invoices?per_page=10&cursor={cursor}").body["invoices"]) == 10

        assert self.reads(world) - before == 2

    def cost(self, world: World, query: str) -> int:
        before = self.reads(world)
        assert world.api("GET", f"/api/v1/{query}").status == 200
        return self.reads(world) - before

    def reads(self, world: World) -> int:
        """How often DynamoDB was asked. The function's role lets it scan nothing; the world itself does, to check."""
        return sum(world.aws.count(operation) for operation in ("GetItem", "BatchGetItem", "Query"))


class TestWhatIsRefused:
    def test_a_page_that_is_none(self, world: World) -> None:
        for path in LISTS:
            for number in ("0", "-1", "1.5", "ten", "", "1e1", "²", "٣", "9" * 5000):
                for name in ("per_page", "page"):
                    answer = world.api("GET", f"{path}?{name}={number}")
                    assert is_not_acceptable(answer, **{name: ["value_is_out_of_range"]})

    def test_but_not_the_smallest_and_the_largest(self, world: World) -> None:
        assert world.api("GET", "/api/v1/invoices?per_page=1").status == 200
        assert world.api("GET", "/api/v1/invoices?per_page=100").status == 200

    @pytest.mark.parametrize("path", [f"{path}?" for path in LISTS] + ["/api/v1/invoices?external_customer_id=acme&"])
    def test_a_cursor_that_is_not_ours(self, paid_world: World, path: str) -> None:
        now = "2026-11-23T10:00:00.000+00:00"
        keys: list[Any] = [
            [],
            {},
            {"created_at": now},
            {"created_at": now, "lago_id": 1, "external_id": "acme", "organization_id": "x"},
            {"created_at": now, "lago_id": 1},
            {"external_id": None},
            {"created_at": "", "lago_id": ""},
            {"external_id": ""},
            {"created_at": now, "lago_id": "x" * 1025},
            {"external_id": "x" * 1025},
            {"created_at": now, "lago_id": "x", "organization_id": OTHER_ORGANIZATION, "waiting_key": "x"},
        ]
        texts = [b"no JSON", b"\xff\xfe", b"[" * 5000, *(json.dumps(key).encode() for key in keys)]
        for cursor in ["!", "a", "%C3%A9", "%00", *(base64.urlsafe_b64encode(text).decode() for text in texts)]:
            answer = paid_world.api("GET", f"{path}cursor={cursor}")
            assert is_not_acceptable(answer, cursor=["value_is_invalid"]), cursor

    def test_a_cursor_of_another_list(self, world: World) -> None:
        invoices(world, 2)
        cursor = world.api("GET", "/api/v1/invoices?per_page=1").body["meta"]["next_cursor"]
        assert is_not_acceptable(world.api("GET", f"/api/v1/customers?cursor={cursor}"), cursor=["value_is_invalid"])

    def test_a_cursor_does_not_lead_into_another_organization(self, world: World) -> None:
        invoices(world, 3)
        for query in ("", "&external_customer_id=acme"):
            cursor = world.api("GET", f"/api/v1/invoices?per_page=1{query}").body["meta"]["next_cursor"]
            answer = world.api("GET", f"/api/v1/invoices?cursor={cursor}{query}", organization_id=OTHER_ORGANIZATION)
            assert (answer.status, answer.body["invoices"]) == (200, [])


class TestItemsOfApplications:
    def test_a_parked_item_is_listed_with_the_reason(self, world: World) -> None:
        lago_id = world.put_invoice_item(currency="XYZ", total_amount_cents=-1)
        world.collect_new_invoices()

        (listed,) = world.api("GET", "/api/v1/invoices").body["invoices"]

        assert (listed["lago_id"], listed["payment_status"]) == (lago_id, "pending")
        (problem,) = listed["error_details"]
        assert problem["error_code"] == "invalid_item"
        assert problem["details"] == {
            "currency": ["currency_not_supported"],
            "total_amount_cents": ["value_is_invalid"],
        }
        assert world.invoice(lago_id)["error_details"] == [problem]

    def test_a_parked_item_that_names_no_customer_is_found(self, world: World) -> None:
        lago_id = world.put_invoice_item(external_customer_id=None)
        world.collect_new_invoices()
        invoice = world.invoice(lago_id)
        assert (invoice["external_customer_id"], invoice["customer"]) == ("", None)

    def test_an_item_is_no_invoice_before_it_was_looked_at(self, world: World) -> None:
        lago_id = world.put_invoice_item()
        assert is_not_found(world.api("GET", f"/api/v1/invoices/{lago_id}"), "invoice_not_found")
        assert world.api("GET", "/api/v1/invoices").body["invoices"] == []


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("find-records", "invoices"),
        ("find-records-invoice", "invoice"),
        ("find-records-customers", "customers"),
        ("find-records-customer", "customer"),
        ("find-records-payments", "payments"),
        ("find-records-payment", "payment"),
        ("find-records-customer-invoices", "invoices"),
        ("find-records-customer-payments", "payments"),
    ],
)
def test_each_route_answers_what_it_is_asked_for(paid_world: World, name: str, kind: str) -> None:
    answer = paid_world.call("find-records", load_event(name))
    assert answer.status == 200
    assert len(answer.body[kind]) == 1 if kind.endswith("s") else answer.body[kind]["lago_id"]


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("invoices?payment_status=paid", "payment_status"),
        ("invoices?payment_statuses[]=failed&payment_statuses[]=paid", "payment_statuses[]"),
        ("invoices?status=gone", "status"),
        ("invoices?issuing_date_from=yesterday", "issuing_date_from"),
        ("invoices?amount_to=-1", "amount_to"),
        ("invoices?invoice_type=another", "invoice_type"),
        ("invoices?self_billed=maybe", "self_billed"),
        ("invoices?partially_paid=true", "partially_paid"),
        ("invoices?search_term=", "search_term"),
        ("invoices?external_customer_id=", "external_customer_id"),
        ("payments?invoice_id=", "invoice_id"),
        ("invoices?payment_overdue=maybe", "payment_overdue"),
        ("invoices?payment_dispute_lost=", "payment_dispute_lost"),
        ("invoices?self_billed=false", "self_billed"),
        ("invoices?purchase_order_number=PO-7", "purchase_order_number"),
        ("invoices?metadata[order]=8812", "metadata[order]"),
        ("invoices?metadata[order]=", "metadata[order]"),
        ("invoices?settlements[]=credit_note", "settlements[]"),
        ("invoices?billing_entity_codes[]=acme_corp", "billing_entity_codes[]"),
        ("invoices?payment_statuses=failed", "payment_statuses"),
        ("invoices?payment_status[]=failed", "payment_status[]"),
        ("invoices?unheard_of[]=1", "unheard_of[]"),
        ("customers/acme/invoices?external_customer_id=globex", "external_customer_id"),
        ("customers/acme/payments?external_customer_id=globex", "external_customer_id"),
        ("payments?payment_status=failed", "payment_status"),
        ("payments?currency=EUR", "currency"),
        ("customers?search_term=acme", "search_term"),
        ("customers?account_type[]=partner", "account_type[]"),
        ("customers?countries[]=FR", "countries[]"),
        ("customers?currencies[]=EUR", "currencies[]"),
        ("customers?metadata[is_synced]=true", "metadata[is_synced]"),
        ("customers?has_tax_identification_number=true", "has_tax_identification_number"),
        ("customers?customer_type=company", "customer_type"),
        ("customers?external_id=acme", "external_id"),
        ("customers/acme/payment_methods?with_deleted=true", "with_deleted"),
        ("webhook_endpoints?search_term=acme", "search_term"),
        ("webhooks?status=failed", "status"),
    ],
)
def test_a_filter_that_is_not_understood_is_refused_rather_than_ignored(world: World, path: str, field: str) -> None:
    answer = world.api("GET", f"/api/v1/{path}")

    assert (answer.status, answer.body["error_details"]) == (422, {field: ["value_is_invalid"]})


@pytest.mark.parametrize("path", ["invoices?page=1", "invoices?unheard_of=1"])
def test_the_first_page_and_unknown_keys_are_taken_as_lago_takes_them(world: World, path: str) -> None:
    assert world.api("GET", f"/api/v1/{path}").status == 200


def test_money_collected_twice_is_seen_where_the_invoices_payments_are_listed(world: World) -> None:
    world.connect()
    world.customer()
    invoice_id = world.create_invoice()

    for name in ("pi_one", "pi_two"):
        paid = event(world, "payment_intent.succeeded", intent(invoice_id, "succeeded", id=name))
        assert post(world, paid).status == 200

    assert {payment["provider_payment_id"] for payment in world.payments(invoice_id)} == {"pi_one", "pi_two"}
