"""Whatever the Stripe sandbox answers and sends is as Stripe's OpenAPI description says.

What is held against it is all that the sandbox sent while the tests in SCENARIOS ran, and on a tour of what those leave
out.
"""

import copy
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import stripe
from conformance import stripe_record, stripe_tour
from conformance.stripe_description import NEWER_VALUES, NOT_DESCRIBED, StripeDescription
from conformance.stripe_record import EVENT, NOWHERE, Sent
from paystream.adapters.stripe.events import ENABLED_EVENTS
from paystream.adapters.stripe.gateway import API_VERSION
from sandbox.stripe.context import API_VERSION as VERSION_OF_THE_SANDBOX
from sandbox.stripe.endpoints import ENDPOINTS
from template import REPOSITORY
from unit.stripe_sandbox.shop import Shop

SCENARIOS = (
    "tests/unit/stripe_sandbox",
    "tests/unit/test_stripe_gateway.py",
    "tests/functions/test_invoice_created_outcomes.py",
    "tests/functions/test_bank_transfers.py",
    "tests/functions/test_payment_result.py",
)
OPERATIONS = [endpoint.operation for endpoint in ENDPOINTS]
CLASSES: dict[str, Any] = {
    "charge": stripe.Charge,
    "payment_intent": stripe.PaymentIntent,
    "checkout.session": stripe.checkout.Session,
}

DIFFERENCES = [(name, field) for name, fields in NOT_DESCRIBED.items() for field in fields]

each_operation = pytest.mark.parametrize("operation", OPERATIONS)


@pytest.fixture(scope="session")
def sent(tmp_path_factory: pytest.TempPathFactory, figures: dict[str, Any]) -> list[Sent]:
    """All that the sandbox sent in the scenarios."""
    folder = tmp_path_factory.mktemp("sent")
    subprocess.run(
        [sys.executable, "-m", "pytest", "--quiet", "--numprocesses", "auto", "-p", stripe_record.__name__, *SCENARIOS],
        cwd=REPOSITORY,
        env=os.environ
        | {stripe_record.FOLDER: str(folder), "PYTHONPATH": f"{REPOSITORY}{os.pathsep}{REPOSITORY / 'tests'}"},
        check=True,
    )
    found = [*stripe_record.recorded(folder)]
    with stripe_record.recording(found):
        stripe_tour.events_of_every_kind(Shop())
        stripe_tour.refusals(Shop())
    figures["answers of the Stripe sandbox validated"] = sum(one.operation != EVENT for one in found)
    figures["events of the Stripe sandbox validated"] = sum(one.operation == EVENT for one in found)
    figures["endpoints of the Stripe sandbox validated"] = len({one.operation for one in found} - {EVENT, NOWHERE})
    return found


@each_operation
def test_every_success_is_as_described(sent: list[Sent], description: StripeDescription, operation: str) -> None:
    bodies = [one.body for one in sent if one.operation == operation and one.status == 200]
    assert bodies, f"no test has {operation} succeed: let one do so"
    assert not problems(bodies, lambda body: description.answer_problems(operation, 200, body))


@each_operation
def test_every_refusal_is_as_described(sent: list[Sent], description: StripeDescription, operation: str) -> None:
    refused = [one for one in sent if one.operation == operation and one.status != 200]
    assert {400, 401, 403} <= {one.status for one in refused}
    assert not problems(
        [one.body for one in refused], lambda body: description.answer_problems(operation, refused[0].status, body)
    )


def test_an_unknown_url_is_refused_as_described(sent: list[Sent], description: StripeDescription) -> None:
    bodies = [one.body for one in sent if one.operation == NOWHERE]
    assert bodies
    assert not problems(bodies, description.refusal_problems)


def test_every_event_is_as_described(sent: list[Sent], description: StripeDescription) -> None:
    bodies = [one.body for one in sent if one.operation == EVENT]
    assert {*ENABLED_EVENTS} <= {json.loads(body)["type"] for body in bodies}
    assert not problems(bodies, description.object_problems)
    assert not problems(bodies, lambda event: description.object_problems(event["data"]["object"]))


def test_nothing_else_was_sent(sent: list[Sent]) -> None:
    assert {one.operation for one in sent} == {*OPERATIONS, EVENT, NOWHERE}


class TestTheDescription:
    def test_it_is_not_newer_than_what_we_pin(self, description: StripeDescription, figures: dict[str, Any]) -> None:
        figures["version of the API that is described"] = description.version
        figures["version of the API that Paystream pins"] = API_VERSION
        assert VERSION_OF_THE_SANDBOX == API_VERSION
        assert description.version <= API_VERSION

    @pytest.mark.parametrize(
        ("name", "field"), [(name, field) for name in NOT_DESCRIBED for field in NOT_DESCRIBED[name]]
    )
    def test_a_known_difference_is_there(
        self, sent: list[Sent], description: StripeDescription, name: str, field: str
    ) -> None:
        assert field not in description.fields(name)
        assert field in vars(CLASSES[name])["__annotations__"]
        objects = (item for one in sent for item in objects_in(json.loads(one.body)))
        assert any(item["object"] == name and field in item for item in objects)

    @pytest.mark.parametrize(("name", "field"), NEWER_VALUES)
    def test_a_newer_word_is_not_in_it_and_is_sent(
        self, sent: list[Sent], description: StripeDescription, name: str, field: str
    ) -> None:
        newer = {*NEWER_VALUES[name, field]}
        objects = (item for one in sent for item in objects_in(json.loads(one.body)))

        assert not newer & description.words(name, field)
        assert newer <= {item[field] for item in objects if item["object"] == name}

    def test_it_would_say_so(self, sent: list[Sent], description: StripeDescription) -> None:
        operation = "POST /v1/payment_intents"
        body = next(json.loads(one.body) for one in sent if (one.operation, one.status) == (operation, 200))
        for wrong in (
            body | {"no_such_field": 1},
            body | {"amount": "much"},
            body | {"status": "lost"},
            body | {"currency": None},
            {name: value for name, value in body.items() if name != "status"},
            body | {"customer": {"object": "customer", "id": "cus_1"}},
            body | {"amount_details": {"tip": {"no_such_field": 1}}},
        ):
            assert description.answer_problems(operation, 200, wrong), wrong
        assert not description.answer_problems(operation, 200, copy.deepcopy(body))
        assert description.answer_problems(operation, 402, body)


def problems(bodies: list[str], check: Callable[[Any], list[str]]) -> list[str]:
    """What is wrong, each mistake once, with the first body that has it."""
    found: dict[str, str] = {}
    for body in bodies:
        for problem in check(json.loads(body)):
            found.setdefault(problem, body[:500])
    return [f"{problem} in {body}" for problem, body in found.items()]


def objects_in(value: Any) -> Iterator[dict[str, Any]]:
    """All of Stripe's objects in a body, wherever they stand."""
    if isinstance(value, list):
        for entry in value:
            yield from objects_in(entry)
    elif isinstance(value, dict):
        if "object" in value:
            yield value
        for entry in value.values():
            yield from objects_in(entry)
