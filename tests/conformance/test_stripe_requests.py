"""Whatever we send to Stripe, stripe-mock takes: it holds each request against Stripe's own description."""

import ast
import inspect
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
import stripe
from conformance.stripe_description import StripeDescription
from paystream.adapters.stripe import checkout_pages as pages_module
from paystream.adapters.stripe import gateway as gateway_module
from paystream.adapters.stripe import permissions as permissions_module
from paystream.adapters.stripe import refunds as refunds_module
from paystream.adapters.stripe.checkout_pages import StripeCheckoutPages
from paystream.adapters.stripe.events import types_of
from paystream.adapters.stripe.gateway import API_VERSION, StripeGateway
from paystream.adapters.stripe.permissions import StripeKeyPermissions
from paystream.adapters.stripe.refunds import StripeRefunds
from paystream.errors import ProviderRefusedError
from paystream.model.account_check import EventList
from paystream.model.bank_transfer import BankTransfer
from paystream.model.card_details import (
    LONGEST_DESCRIPTOR_SUFFIX,
    LONGEST_ORDER_REFERENCE,
    LONGEST_PRODUCT_CODE,
    LONGEST_PRODUCT_NAME,
    CardDetails,
    LineItem,
)
from paystream.model.customer import Customer
from paystream.model.key_permissions import Permission
from paystream.model.outcome import PayableStatus
from paystream.model.payment_method_types import PAYMENT_METHOD_TYPES
from paystream.ports.stripe import PaymentLinkRequest, PaymentRequest, RefundRequest
from paystream.steps.customers.begin_creation import begin_creation, provider_customer_params
from paystream.use_cases.customers.create_provider_customer import params_to_change

KEY = "sk_test_conformance0000000000"
SINCE = datetime(2026, 11, 23, 10, tzinfo=UTC)
PROFILE = {
    "name": "Acme",
    "email": "ap@acme.test",
    "phone": "+49 30 123456",
    "address_line1": "Hauptstraße 1",
    "address_line2": "Hinterhaus",
    "city": "Berlin",
    "zipcode": "10115",
    "state": "BE",
    "country": "DE",
}
REQUEST = PaymentRequest(
    key="5d2f0000-0000-4000-8000-000000000020",
    amount_cents=4200,
    currency="EUR",
    provider_customer_id="cus_acme",
    payment_method_id="pm_card",
    payment_method_types=("card",),
    description="Acme Billing - Invoice ACM-0042-003",
    metadata={"lago_invoice_id": "7c1e0000-0000-4000-8000-000000000010", "paystream_attempt": "1"},
    return_url="https://stripe.com/",
)

DETAILS = CardDetails(
    order_reference="7" * LONGEST_ORDER_REFERENCE,
    statement_descriptor_suffix="A" * LONGEST_DESCRIPTOR_SUFFIX,
    line_items=(
        LineItem(product_name="Setup", product_code=None, quantity=3, unit_cost_cents=1400),
        LineItem(
            product_name="x" * LONGEST_PRODUCT_NAME,
            product_code="x" * LONGEST_PRODUCT_CODE,
            quantity=1,
            unit_cost_cents=0,
        ),
    ),
)
TRANSFERS = [BankTransfer(type=f"{area}_bank_transfer") for area in ("gb", "jp", "mx", "us")] + [
    BankTransfer(type="eu_bank_transfer", country=country) for country in ("BE", "DE", "ES", "FR", "IE", "NL")
]

DIFFERENCES: Mapping[tuple[str, str], tuple[str, str]] = {
    ("POST /v1/webhook_endpoints", "api_version"): (
        API_VERSION,
        "stripe-mock's description is of an earlier version of the API, and lists the versions up to its own",
    ),
}
"""By call and parameter, the value that we send and that stripe-mock cannot know yet, and why: it is shown the version
of its own description instead. Each is tried without that, too: one that is taken by now must go from here.
"""


RENAMED: Mapping[tuple[str, str], tuple[str, str]] = {
    ("POST /v1/checkout/sessions", "allowed_payment_method_types"): (
        "payment_method_types",
        "stripe-mock's description is of an earlier version of the API, in which it had this name",
    ),
}
"""By call and parameter, the name that stripe-mock knows it by, and why."""


@dataclass
class Witness(stripe.HTTPClient):
    """Stripe's own HTTP client, and what went through it.

    `pages` lists pretend to go on, so that a next one is asked for. `known` is put in place of what is in DIFFERENCES;
    if it is None, all is sent as it is.
    """

    known: str | None
    pages: int = 0
    requests: list[str] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    name = "witness"

    def __post_init__(self) -> None:
        super().__init__()
        self._client: Any = stripe.RequestsClient(timeout=30)

    def request(
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None, **more: Any
    ) -> tuple[str, int, Mapping[str, str]]:
        operation = f"{method.upper()} {urlsplit(url).path}"
        sent = self._known(operation, post_data) if post_data and self.known else post_data
        body, status, answered = self._client.request(method, url, headers, sent, **more)
        text = body.decode() if isinstance(body, bytes) else body
        self.requests.append(f"{operation} {urlsplit(url).query or sent}")
        if status != 200:
            self.refusals.append(f"{self.requests[-1]}: {status} {text}")
        elif self.pages and json.loads(text).get("object") == "list":
            self.pages -= 1
            text = json.dumps(json.loads(text) | {"has_more": True})
        return text, status, answered

    def close(self) -> None:
        """End what it holds open."""
        self._client.close()

    def _known(self, operation: str, form: str) -> str:
        pairs = parse_qsl(form, keep_blank_values=True)
        differing = {name: value for (where, name), (value, _) in DIFFERENCES.items() if where == operation}
        names = {name: known for (where, name), (known, _) in RENAMED.items() if where == operation}
        return urlencode(
            [(_renamed(name, names), self.known if differing.get(name) == value else value) for name, value in pairs]
        )


def _renamed(name: str, names: Mapping[str, str]) -> str:
    """A parameter, or an entry of one: `types[0]`."""
    root, bracket, rest = name.partition("[")
    return names.get(root, root) + bracket + rest


class Calls:
    """Stands before Stripe's client and notes which of its methods are called: `customers.payment_methods.list`."""

    def __init__(self, target: Any, called: set[str], path: str = "") -> None:
        self._target, self._called, self._path = target, called, path

    def __getattr__(self, name: str) -> "Calls":
        return Calls(getattr(self._target, name), self._called, f"{self._path}.{name}".removeprefix("."))

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        self._called.add(self._path)
        return self._target(*arguments, **named)


@dataclass
class Client:
    """As much of `StripeClient` as the gateway takes."""

    v1: Any


@pytest.fixture(scope="module")
def called() -> set[str]:
    """The methods of Stripe's library that were called so far."""
    return set()


@pytest.fixture(scope="module")
def accepted(figures: dict[str, Any]) -> Iterator[list[str]]:
    """All requests that were taken so far."""
    requests: list[str] = []
    yield requests
    figures["requests of the adapter accepted"] = len(requests)
    figures["different ones among them"] = len({*requests})


@pytest.fixture
def witness(description: StripeDescription, accepted: list[str]) -> Iterator[Witness]:
    """At the end of each test all that was sent must have been taken."""
    client = Witness(description.version)
    yield client
    client.close()
    assert client.requests
    assert not client.refusals
    accepted += client.requests


@pytest.fixture
def gateway(witness: Witness, stripe_mock_url: str, called: set[str]) -> StripeGateway:
    """The gateway of the product, and stripe-mock behind it."""
    client = stripe.StripeClient(
        KEY, stripe_version=API_VERSION, base_addresses={"api": stripe_mock_url}, http_client=witness
    )
    return StripeGateway(cast("stripe.StripeClient", Client(Calls(client.v1, called))))


def customer(**profile: str) -> Customer:
    return Customer(
        organization_id="0a1b2c3d-0000-4000-8000-000000000001",
        external_id="acme",
        lago_id="5d2f0000-0000-4000-8000-000000000020",
        profile=profile,
        created_at=SINCE,
        updated_at=SINCE,
    )


def test_the_account_is_asked_for(gateway: StripeGateway) -> None:
    assert gateway.account()


@pytest.mark.parametrize("permission", Permission)
def test_each_permission_is_asked_for(gateway: StripeGateway, witness: Witness, permission: Permission) -> None:
    gateway.permissions.check(permission)
    assert len(witness.requests) == 1


@pytest.mark.parametrize("pages", [0, 1])
def test_webhook_endpoints_are_listed_page_by_page(gateway: StripeGateway, witness: Witness, pages: int) -> None:
    witness.pages = pages
    assert gateway.webhook_endpoints()
    assert len(witness.requests) == 1 + pages


@pytest.mark.parametrize("url", ["https://paystream.test/hook", f"https://paystream.test/{'x' * 1000}"])
def test_a_webhook_endpoint_is_created(gateway: StripeGateway, url: str) -> None:
    assert gateway.create_webhook_endpoint(url).id


def test_a_webhook_endpoint_is_deleted(gateway: StripeGateway) -> None:
    gateway.delete_webhook_endpoint("we_1")


def test_a_customer_is_retrieved_with_its_default_by_one_request(gateway: StripeGateway, witness: Witness) -> None:
    assert gateway.customer("cus_acme")
    assert len(witness.requests) == 1


@pytest.mark.parametrize("profile", [{}, PROFILE, *({name: value} for name, value in PROFILE.items())], ids=repr)
def test_a_customer_is_created_with_whatever_is_known_of_it(gateway: StripeGateway, profile: dict[str, str]) -> None:
    creation = begin_creation(customer(**profile), SINCE).creation
    assert creation
    assert gateway.create_customer(creation.params, creation.idempotency_key)


@pytest.mark.parametrize("kept", [PROFILE.keys() - {name} for name in PROFILE] + [{"name"}, {"city"}], ids=repr)
def test_what_is_gone_from_a_customer_is_notified(gateway: StripeGateway, kept: set[str]) -> None:
    after = {name: f"{value} 2" if name == "name" else value for name, value in PROFILE.items() if name in kept}
    changed = params_to_change(
        provider_customer_params(customer(**PROFILE)), provider_customer_params(customer(**after))
    )
    gateway.update_customer("cus_acme", changed or {"name": "Acme"})


@pytest.mark.parametrize("pages", [0, 1])
def test_a_customer_is_looked_up_page_by_page(gateway: StripeGateway, witness: Witness, pages: int) -> None:
    witness.pages = pages
    assert gateway.find_customer(lago_customer_id="ours", since=SINCE) is None
    assert len(witness.requests) == 1 + pages


@pytest.mark.parametrize("pages", [0, 1])
def test_payment_methods_are_listed_page_by_page(gateway: StripeGateway, witness: Witness, pages: int) -> None:
    witness.pages = pages
    assert gateway.payment_methods("cus_acme")
    assert len(witness.requests) == 1 + pages


def test_a_payment_method_is_detached(gateway: StripeGateway) -> None:
    gateway.detach_payment_method("pm_card")


@pytest.mark.parametrize(
    "types", [("card",), ("card", "link"), ("sepa_debit",), ("us_bank_account", "boleto")], ids=repr
)
def test_a_payment_method_is_set_up(gateway: StripeGateway, types: tuple[str, ...]) -> None:
    assert gateway.checkout.set_up_payment_method("cus_acme", types, success_url="https://acme.test/thanks")


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"amount_cents": 1},
        {"item_name": "x" * 1000, "description": "x" * 1000},
        *(
            {"saves_method": False, "payment_method_types": ("customer_balance",), "bank_transfer": transfer}
            for transfer in TRANSFERS
        ),
        {"payment_method_types": ("card", "link")},
        *({"currency": currency} for currency in ("EUR", "USD", "JPY", "KWD", "HUF")),
    ],
    ids=lambda changes: repr(changes)[:60],
)
def test_a_payment_link_is_made(gateway: StripeGateway, changes: Any) -> None:
    request = PaymentLinkRequest(
        key="payment-1",
        amount_cents=4200,
        currency="EUR",
        provider_customer_id="cus_acme",
        payment_method_types=("card",),
        item_name="ACM-1",
        description="Acme - Invoice ACM-1",
        metadata={"lago_payment_id": "payment-1"},
        success_url="https://acme.test/thanks",
        saves_method=True,
    )

    assert gateway.checkout.create_link(replace(request, **changes)).id


def test_a_payment_link_is_read(gateway: StripeGateway) -> None:
    assert gateway.checkout.link("cs_test_1")


def test_a_payment_link_is_expired(gateway: StripeGateway) -> None:
    assert gateway.checkout.expire_link("cs_test_1")


@pytest.mark.parametrize("pages", [0, 1])
def test_a_payment_link_is_looked_up_page_by_page(gateway: StripeGateway, witness: Witness, pages: int) -> None:
    witness.pages = pages
    found = gateway.checkout.find_link(payment_id="payment-1", provider_customer_id="cus_acme", since=SINCE)
    assert found is None
    assert len(witness.requests) == 1 + pages


def test_the_default_payment_method_is_set(gateway: StripeGateway) -> None:
    gateway.set_default_payment_method("cus_acme", "pm_card")


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"amount_cents": 1},
        {"amount_cents": 99_999_999},
        {"description": "x" * 1000},
        {"return_url": f"https://acme.test/{'x' * 1000}"},
        {"metadata": {f"key_{number:036}": "x" * 500 for number in range(50)}},
        *({"payment_method_types": (method_type,)} for method_type in PAYMENT_METHOD_TYPES),
        {"payment_method_types": tuple(PAYMENT_METHOD_TYPES)},
        *({"currency": currency} for currency in ("EUR", "USD", "JPY", "KWD", "HUF")),
        {"on_session": True},
        {"payment_method_types": ("boleto",), "currency": "BRL"},
        {"card_details": DETAILS},
        {"card_details": DETAILS, "on_session": True},
        {"card_details": CardDetails(order_reference=None, statement_descriptor_suffix=None)},
        *({"payment_method_id": None, "bank_transfer": transfer} for transfer in TRANSFERS),
    ],
    ids=lambda changes: repr(changes)[:60],
)
def test_a_payment_is_collected(gateway: StripeGateway, changes: dict[str, Any]) -> None:
    outcome = gateway.collect(replace(REQUEST, **changes))
    assert outcome.intent_id
    assert outcome.failure is None or outcome.status is PayableStatus.FAILED


def test_a_payment_is_retrieved(gateway: StripeGateway) -> None:
    assert gateway.payment("pi_1")


def test_an_intent_is_retrieved_with_what_it_was_sent_with(gateway: StripeGateway) -> None:
    assert gateway.intent("pi_1")


def test_a_payment_is_canceled(gateway: StripeGateway) -> None:
    assert gateway.cancel_payment("pi_1")


@pytest.mark.parametrize("pages", [0, 1])
def test_a_payment_is_looked_up_page_by_page(gateway: StripeGateway, witness: Witness, pages: int) -> None:
    witness.pages = pages
    assert gateway.find_payment(payment_id="ours", provider_customer_id="cus_acme", since=SINCE) is None
    assert len(witness.requests) == 1 + pages


@pytest.mark.parametrize("pages", [0, 1])
def test_the_intents_of_a_customer_are_listed_page_by_page(
    gateway: StripeGateway, witness: Witness, pages: int
) -> None:
    witness.pages = pages
    assert gateway.intents_of("cus_acme", since=SINCE)
    assert len(witness.requests) == 1 + pages


@pytest.mark.parametrize("reason", [None, "duplicate", "fraudulent", "requested_by_customer"])
def test_a_payment_is_refunded(gateway: StripeGateway, reason: str | None) -> None:
    request = RefundRequest(
        key="refund-1", intent_id="pi_1", amount_cents=1000, reason=reason, metadata={"lago_refund_id": "refund-1"}
    )

    assert gateway.refunds.create(request).provider_refund_id


def test_a_refund_is_retrieved(gateway: StripeGateway) -> None:
    assert gateway.refunds.get("re_1")


@pytest.mark.parametrize("pages", [0, 1])
def test_a_refund_is_looked_up_page_by_page(gateway: StripeGateway, witness: Witness, pages: int) -> None:
    witness.pages = pages
    assert "refund-1" not in {one.lago_id for one in gateway.refunds.of_intent("pi_1")}
    assert len(witness.requests) == 1 + pages


@pytest.mark.parametrize("cursor", [None, "pi_1"])
@pytest.mark.parametrize("seconds", [0, 1, 86_400 * 400])
def test_the_intents_of_the_account_are_listed(
    gateway: StripeGateway, witness: Witness, cursor: str | None, seconds: int
) -> None:
    page = gateway.intents(since=SINCE, until=SINCE + timedelta(seconds=seconds), cursor=cursor)

    assert page.records
    assert page.next_cursor is None
    start = int(SINCE.timestamp())
    expected = {"created[gte]": str(start), "created[lte]": str(start + seconds), "limit": "100"}
    (request,) = witness.requests
    assert listing(request) == expected | ({"starting_after": cursor} if cursor else {})


def test_the_next_page_of_intents_begins_after_the_last_of_this_one(gateway: StripeGateway, witness: Witness) -> None:
    witness.pages = 1
    page = gateway.intents(since=SINCE, until=SINCE, cursor=None)
    assert page.next_cursor == page.records[-1].outcome.intent_id

    assert gateway.intents(since=SINCE, until=SINCE, cursor=page.next_cursor).next_cursor is None
    first, second = map(listing, witness.requests)
    assert second == first | {"starting_after": page.next_cursor}


KINDS = [(True, False), (False, True)]
EVENT_LISTS = [
    EventList(SINCE, SINCE + timedelta(days=1), of_intents=intents, of_others=others, only_undelivered=undelivered)
    for intents, others in KINDS
    for undelivered in (True, False)
]


@pytest.mark.parametrize("cursor", [None, "evt_1"])
@pytest.mark.parametrize("wanted", EVENT_LISTS)
def test_the_events_of_the_account_are_listed(
    gateway: StripeGateway, witness: Witness, cursor: str | None, wanted: EventList
) -> None:
    page = gateway.events(wanted, cursor=cursor)

    assert page.records
    assert page.next_cursor is None
    (request,) = witness.requests
    asked = listing(request, "GET /v1/events")
    types = {value for name, value in asked.items() if name.startswith("types[")}
    assert types == {*types_of(of_intents=wanted.of_intents, of_others=wanted.of_others)}
    assert (asked["created[gte]"], asked["created[lte]"]) == (epoch(wanted.since), epoch(wanted.until))
    assert asked.get("delivery_success") == ("false" if wanted.only_undelivered else None)
    assert asked.get("starting_after") == cursor


class TestNothingIsLeftOut:
    """These hold the tests above to the adapter: run them together."""

    def test_every_call_of_stripe_in_the_adapter_was_made(self, called: set[str]) -> None:
        assert called == calls_in_the_source()

    def test_every_public_method_of_the_gateway_is_driven(self) -> None:
        kinds = (StripeGateway, StripeCheckoutPages, StripeKeyPermissions, StripeRefunds)
        members = [pair for kind in kinds for pair in inspect.getmembers(kind)]
        methods = {name for name, member in members if inspect.isfunction(member) and name[0] != "_"}
        tests = source_of(__file__)
        driven = {node.attr for node in ast.walk(tests) if isinstance(node, ast.Attribute) and is_gateway(node.value)}
        assert methods == driven - {"checkout", "permissions", "refunds"}


class TestTheJudge:
    """It would say so."""

    @pytest.mark.parametrize(("operation", "parameter"), DIFFERENCES)
    def test_a_known_difference_is_there(
        self, stripe_mock_url: str, description: StripeDescription, operation: str, parameter: str
    ) -> None:
        witness = Witness(known=None)
        client = stripe.StripeClient(KEY, base_addresses={"api": stripe_mock_url}, http_client=witness)
        with pytest.raises(ProviderRefusedError):
            StripeGateway(client).create_webhook_endpoint("https://paystream.test/hook")
        witness.close()

        (refusal,) = witness.refusals
        assert refusal.startswith(operation)
        assert parameter in refusal
        assert description.version < API_VERSION

    @pytest.mark.parametrize(("operation", "parameter"), RENAMED)
    def test_a_new_name_is_not_known_to_it_and_the_old_one_is(
        self, stripe_mock_url: str, operation: str, parameter: str
    ) -> None:
        known, _ = RENAMED[operation, parameter]
        client: Any = stripe.RequestsClient(timeout=30)
        headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/x-www-form-urlencoded"}
        method, path = operation.split(" ")
        forms = [f"mode=setup&success_url=https://acme.test/&{name}[0]=card" for name in (parameter, known)]
        answers = [client.request(method, f"{stripe_mock_url}{path}", headers, form) for form in forms]
        client.close()
        assert [status for _, status, _ in answers] == [400, 200]

    @pytest.mark.parametrize(
        "form",
        [
            "amount=4200&currency=eur&no_such_parameter=1",
            "amount=much&currency=eur",
            "currency=eur",
            "amount=4200&currency=eur&allowed_payment_method_types[0]=cash",
            "amount=4200&currency=eur&metadata=text",
        ],
    )
    def test_what_stripe_does_not_take_is_refused(self, stripe_mock_url: str, form: str) -> None:
        client: Any = stripe.RequestsClient(timeout=30)
        headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/x-www-form-urlencoded"}
        _, status, _ = client.request("post", f"{stripe_mock_url}/v1/payment_intents", headers, form)
        client.close()
        assert status == 400


def epoch(time: datetime) -> str:
    return str(int(time.timestamp()))


def listing(request: str, wanted: str = "GET /v1/payment_intents") -> dict[str, str]:
    """The parameters of a request that lists payment intents, or something else."""
    operation, query = request.rsplit(" ", 1)
    assert operation == wanted
    return dict(parse_qsl(query))


def calls_in_the_source() -> set[str]:
    """The methods of Stripe's library that the sources of the gateway and its parts call on `self._v1`."""
    modules = (gateway_module, pages_module, permissions_module, refunds_module)
    nodes = (node for module in modules for node in ast.walk(source_of(str(module.__file__))))
    calls = (node.func for node in nodes if isinstance(node, ast.Call))
    found = (re.fullmatch(r"self\._v1\.([\w.]+)", ast.unparse(function)) for function in calls)
    return {match[1] for match in found if match}


def source_of(file: str) -> ast.Module:
    """A file, parsed."""
    return ast.parse(Path(file).read_text())


def is_gateway(node: ast.expr) -> bool:
    """Whether the fixture `gateway` is meant, its pages, its permissions or its refunds."""
    return ast.unparse(node) in ("gateway", "gateway.checkout", "gateway.permissions", "gateway.refunds")
