"""The whole stack on this machine posts webhooks: the handshake, the filter, the password, and what is sent again."""

from collections.abc import Iterator
from typing import Any

import pytest
from sandbox.receiver import Receiver
from sandbox.stack import SECRET_KEY, Stack
from sandbox.stage import Stage

ENDPOINTS = "webhook_endpoints"
FAILURE = "invoice.payment_failure"
UPDATED = "invoice.payment_status_updated"


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with Stack("webhooks") as running:
        yield running


@pytest.fixture(scope="module")
def stages(stack: Stack) -> tuple[Stage, Stage]:
    """Two organizations; in each a customer's card is declined."""
    made = (Stage(stack, 0.0), Stage(stack, 0.0))
    for stage in made:
        settings = {"secret_key": SECRET_KEY, "name": "Acme", "create_customers": True}
        stage.call("PUT", "integrations/stripe/stripe", {"integration": settings})
        created = stage.call("POST", "customers", {"customer": {"external_id": "bruno", "name": "Bruno"}})["customer"]
        stage.set_default_card(created["billing_configuration"]["provider_customer_id"], "pm_card_chargeCustomerFail")
        stage.wait_for_card("bruno")
    return made


def create(stage: Stage, url: str, **more: Any) -> dict[str, Any]:
    body = {"webhook_endpoint": {"webhook_url": url, **more}}
    made: dict[str, Any] = stage.call("POST", ENDPOINTS, body)["webhook_endpoint"]
    stage.stack.wait_for("the endpoint to be confirmed", lambda: status(stage, made) == "confirmed")
    return made


def status(stage: Stage, endpoint: dict[str, Any]) -> str:
    found = stage.call("GET", f"{ENDPOINTS}/{endpoint['lago_id']}")["webhook_endpoint"]
    return str(found["subscription_status"])


def types_about(receiver: Receiver, lago_id: str) -> list[str]:
    return sorted(post["webhook_type"] for post in receiver.posts if lago_id in str(post))


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_a_url_that_confirms_is_posted_its_organizations_notifications_of_its_types(
    stages: tuple[Stage, Stage],
) -> None:
    ours, theirs = stages
    with Receiver() as all_of_ours, Receiver() as failures, Receiver() as of_theirs:
        create(ours, all_of_ours.url())
        create(ours, failures.url("acme:s3cret@"), event_types=[FAILURE])
        create(theirs, of_theirs.url())

        invoice = ours.invoice("bruno", 4200)
        ours.stack.wait_for("both", lambda: types_about(all_of_ours, invoice) == [FAILURE, UPDATED])
        ours.stack.wait_for("the failure", lambda: types_about(failures, invoice) == [FAILURE])
        other = theirs.invoice("bruno", 1900)
        theirs.stack.wait_for("theirs", lambda: types_about(of_theirs, other) == [FAILURE, UPDATED])

        assert types_about(of_theirs, invoice) == []
        assert types_about(all_of_ours, other) == []
        assert failures.authorization == "Basic YWNtZTpzM2NyZXQ="
        assert all(post["unique_key"] and post["organization_id"] == ours.organization_id for post in failures.posts)
        shown = {one["webhook_url"] for one in ours.call("GET", ENDPOINTS)[ENDPOINTS]}
        assert failures.url("acme:***@") in shown


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_what_was_notified_is_sent_again_when_asked(stages: tuple[Stage, Stage]) -> None:
    stage, _ = stages
    with Receiver() as receiver:
        made = create(stage, receiver.url())
        invoice = stage.invoice("bruno", 4200)
        stage.stack.wait_for("both", lambda: len(types_about(receiver, invoice)) == 2)

        logged = stage.call("GET", f"webhooks?event_types[]={FAILURE}&per_page=100")["webhooks"]
        (one,) = [entry for entry in logged if invoice in str(entry["payload"])]
        stage.call("POST", f"webhooks/{one['lago_id']}/retry")
        stage.stack.wait_for("one more", lambda: len(types_about(receiver, invoice)) == 3)
        sent = stage.call("POST", "webhooks/retry", {"webhooks": {"since": one["created_at"]}})["webhooks"]
        stage.stack.wait_for("all again", lambda: len(types_about(receiver, invoice)) >= 5)

        assert sent["sent"] >= 2
        keys = {post["unique_key"] for post in receiver.posts if invoice in str(post)}
        assert len(keys) == 2
        stage.call("DELETE", f"{ENDPOINTS}/{made['lago_id']}")


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_another_url_takes_over_once_it_has_confirmed(stages: tuple[Stage, Stage]) -> None:
    stage, _ = stages
    with Receiver() as old, Receiver(confirms=False) as new:
        made = create(stage, old.url())
        stage.call("PUT", f"{ENDPOINTS}/{made['lago_id']}", {"webhook_endpoint": {"webhook_url": new.url()}})
        stage.stack.wait_for("the handshake", lambda: new.was_asked)
        first = stage.invoice("bruno", 4200)
        stage.stack.wait_for("the old one", lambda: len(types_about(old, first)) == 2)

        new.confirm()
        stage.stack.wait_for("the endpoint to be confirmed", lambda: status(stage, made) == "confirmed")
        second = stage.invoice("bruno", 4200)
        stage.stack.wait_for("the new one", lambda: len(types_about(new, second)) == 2)

        assert types_about(old, second) == []
        assert types_about(new, first) == []


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_no_url_leads_away_from_this_machine_and_no_key_is_served(stages: tuple[Stage, Stage]) -> None:
    stage, _ = stages

    away = stage.try_call("POST", ENDPOINTS, {"webhook_endpoint": {"webhook_url": "https://192.0.2.1/lago"}})
    key = stage.try_call("GET", "webhooks/json_public_key")

    assert (away.status, away.body["error_details"]) == (422, {"webhook_url": ["url_is_not_local"]})
    assert (key.status, key.body["code"]) == (404, "webhook_jwt_public_key_not_found")
