"""payment-result: only what Stripe signed in these minutes is believed, whatever else is posted."""

import base64
import json
from collections.abc import Sequence
from typing import Any

import pytest
from builders.customers import provider_customer_id
from builders.durations import DAY, HOUR
from builders.invoices import INVOICE_OF_EVENTS, waiting_invoice_of_events
from builders.read import kept
from builders.stripe_events import event, events_due, intent, request, signed, signing_secrets
from paystream import bootstrap
from paystream.model.identifiers import payment_id
from world.api_gateway import ORGANIZATION, Answer
from world.world import World, load_event


def success_event(world: World) -> str:
    """The body of an event that settles the waiting invoice."""
    return json.dumps(event(world, "payment_intent.succeeded", intent(INVOICE_OF_EVENTS, "succeeded")))


def refused_event(world: World, sent: dict[str, Any]) -> Answer:
    """The answer to a request that must change nothing."""
    before = kept(world)
    answer = world.call("payment-result", sent)
    assert kept(world) == before
    assert "whsec_" not in json.dumps(answer.body)
    return answer


@pytest.fixture
def waiting(world: World) -> World:
    """The invoice waits for a payment method of its customer."""
    waiting_invoice_of_events(world)
    events_due(world)
    return world


class TestSignature:
    def test_a_signed_event_is_applied(self, waiting: World) -> None:
        body = success_event(waiting)
        answer = waiting.call("payment-result", request(body, [signed(waiting, body.encode())]))
        assert (answer.status, answer.body) == (200, {"received": True})
        assert waiting.invoice(INVOICE_OF_EVENTS)["payment_status"] == "succeeded"

    @pytest.mark.parametrize("age", [-300, 0, 300])
    def test_a_signature_counts_for_five_minutes_in_either_direction(self, waiting: World, age: int) -> None:
        body = success_event(waiting)
        waiting.pass_time(-waiting.clock.now() % 1)
        sent = request(body, [signed(waiting, body.encode(), age=age)])
        assert waiting.call("payment-result", sent).status == 200

    @pytest.mark.parametrize("age", [301, -301, DAY, -DAY])
    def test_an_older_or_a_future_one_is_refused(self, waiting: World, age: int) -> None:
        body = success_event(waiting)
        answer = refused_event(waiting, request(body, [signed(waiting, body.encode(), age=age)]))
        assert (answer.status, answer.body) == (400, {"status": 400, "error": "BadRequest: the signature is not valid"})

    def test_a_signature_with_another_secret_is_refused(self, waiting: World) -> None:
        body = success_event(waiting)
        forged = signed(waiting, body.encode(), secrets=["whsec_of_another_endpoint"])
        assert refused_event(waiting, request(body, [forged])).status == 400

    def test_a_signature_of_another_body_is_refused(self, waiting: World) -> None:
        body = success_event(waiting)
        sent = request(body.replace("4200", "1"), [signed(waiting, body.encode())])
        assert refused_event(waiting, sent).status == 400

    def test_a_time_other_than_the_signed_one_is_refused(self, waiting: World) -> None:
        body = success_event(waiting)
        old = signed(waiting, body.encode(), age=HOUR)
        now = signed(waiting, body.encode())
        freshened = now.partition(",")[0] + "," + old.partition(",")[2]
        assert refused_event(waiting, request(body, [freshened])).status == 400

    def test_one_of_several_signatures_suffices_while_a_secret_is_rolled(self, waiting: World) -> None:
        body = success_event(waiting)
        both = signed(waiting, body.encode(), secrets=["whsec_the_next_one", *signing_secrets()])
        assert both.count("v1=") == 2
        assert waiting.call("payment-result", request(body, [both])).status == 200

    def test_while_both_secrets_are_known_either_signs(self, world: World) -> None:
        connected = world.connect()
        world.customer(payment_method=None)
        rolled_in = signing_secrets()[0]
        world.stripe_client.v1.webhook_endpoints.delete(connected["webhook_endpoint_id"])
        world.connect()
        assert len(signing_secrets()) == 2
        for secret in (rolled_in, signing_secrets()[0]):
            body = success_event(world)
            sent = request(body, [signed(world, body.encode(), secrets=[secret])])
            assert world.call("payment-result", sent).status == 200

    def test_whatever_is_no_signature_is_refused(self, waiting: World) -> None:
        now = f"t={int(waiting.clock.now())}"
        odd = ["", "t=,v1=", "v1=00", now, f"{now},{now},v1=00", "t=soon,v1=00", "t=²,v1=00", f"{now},v1=é", "😀"]
        for header in [*odd, f"t={'9' * 400},v1=00", f"t={'9' * 5000},v1=00"]:
            assert refused_event(waiting, request(success_event(waiting), [header])).status == 400, header
        assert refused_event(waiting, request(success_event(waiting), [])).status == 400

    def test_a_signature_of_the_old_scheme_alone_is_refused(self, waiting: World) -> None:
        body = success_event(waiting)
        header = signed(waiting, body.encode()).replace("v1=", "v0=")
        assert refused_event(waiting, request(body, [header])).status == 400

    @pytest.mark.parametrize("names", [["Stripe-Signature"], ["Stripe-Signature", "stripe-signature"]])
    def test_a_header_that_is_there_twice_is_refused(self, waiting: World, names: Sequence[str]) -> None:
        body = success_event(waiting)
        header = signed(waiting, body.encode())
        sent = request(body, [header, header] if len(names) == 1 else [header])
        for name in names[1:]:
            sent["multiValueHeaders"][name] = [header]
        assert refused_event(waiting, sent).status == 400

    def test_the_name_of_the_header_may_be_written_in_any_case(self, waiting: World) -> None:
        body = success_event(waiting)
        sent = request(body, [signed(waiting, body.encode())])
        sent["multiValueHeaders"]["STRIPE-SIGNATURE"] = sent["multiValueHeaders"].pop("Stripe-Signature")
        assert waiting.call("payment-result", sent).status == 200

    def test_without_any_header_it_is_refused(self, waiting: World) -> None:
        sent = request(success_event(waiting), [])
        sent["multiValueHeaders"] = None
        assert refused_event(waiting, sent).status == 400


class TestBody:
    def test_a_base64_body_is_read_as_what_was_signed(self, waiting: World) -> None:
        body = success_event(waiting).encode()
        sent = request(base64.b64encode(body).decode(), [signed(waiting, body)]) | {"isBase64Encoded": True}
        assert waiting.call("payment-result", sent).status == 200
        assert waiting.invoice(INVOICE_OF_EVENTS)["payment_status"] == "succeeded"

    def test_a_body_that_is_not_the_base64_it_claims_to_be_is_refused(self, waiting: World) -> None:
        sent = request("not base64!", [signed(waiting, b"not base64!")]) | {"isBase64Encoded": True}
        assert refused_event(waiting, sent).status == 400

    def test_a_signed_body_that_is_no_event_is_refused(self, waiting: World) -> None:
        for body in (b"\xff\xfe\x00", b'{"id": "\xff"}', b"", b"{", b"[]", b"null", b"1", b"{}", b'{"id": "evt_1"}'):
            sent = request(base64.b64encode(body).decode(), [signed(waiting, body)]) | {"isBase64Encoded": True}
            assert refused_event(waiting, sent).status == 400, body

    def test_an_event_whose_object_is_not_as_it_should_be_is_taken_and_changes_nothing(self, waiting: World) -> None:
        """It would be the same, sent again for three days."""
        body = json.dumps(event(waiting, "payment_intent.succeeded", {"id": "pi_1"}))
        sent = request(body, [signed(waiting, body.encode())])
        before = waiting.items("payments"), waiting.items("invoices"), waiting.items("notifications")

        answer = waiting.call("payment-result", sent)

        assert (answer.status, answer.body) == (200, {"received": True})
        assert (waiting.items("payments"), waiting.items("invoices"), waiting.items("notifications")) == before

    def test_a_body_that_is_too_large_is_refused_before_it_is_looked_at(self, waiting: World) -> None:
        body = " " * (256 * 1024 + 1)
        assert refused_event(waiting, request(body, [signed(waiting, body.encode())])).status == 413


class TestAddress:
    def test_an_unknown_code_is_refused(self, waiting: World) -> None:
        body = success_event(waiting)
        for query in ("?code=nobody", "?code=" + "x" * 2000):
            answer = refused_event(waiting, request(body, [signed(waiting, body.encode())], query=query))
            assert (answer.status, answer.body["error"]) == (400, "BadRequest: there is no such integration")

    def test_an_unknown_organization_is_refused(self, waiting: World) -> None:
        body = success_event(waiting)
        header = signed(waiting, body.encode())
        for organization_id in ("0a1b2c3d-0000-4000-8000-000000000002", "x", "x" * 3000):
            for query in ("", "?code=", "?code=stripe"):
                sent = request(body, [header], organization_id=organization_id, query=query)
                assert refused_event(waiting, sent).status == 400

    def test_without_a_code_the_default_integration_is_meant(self, waiting: World) -> None:
        body = success_event(waiting)
        sent = request(body, [signed(waiting, body.encode())], query="")
        assert waiting.call("payment-result", sent).status == 200
        assert waiting.invoice(INVOICE_OF_EVENTS)["payment_status"] == "succeeded"

    def test_the_secret_of_one_integration_does_not_sign_for_another(self, waiting: World) -> None:
        other = waiting.stripe.control.add_account()
        waiting.connect("other", secret_key=str(other["secret_key"]))
        body = success_event(waiting)
        sent = request(body, [signed(waiting, body.encode(), code="other")], query="?code=stripe")
        assert refused_event(waiting, sent).status == 400

    def test_without_a_secret_nothing_is_signed(self, waiting: World) -> None:
        body = success_event(waiting)
        header = signed(waiting, body.encode())
        integration = bootstrap.stores().integrations.get(ORGANIZATION, "stripe")
        assert integration
        bootstrap.secrets().remove(ORGANIZATION, integration.lago_id)
        bootstrap.secrets.cache_clear()
        assert refused_event(waiting, request(body, [header])).status == 400


class TestEventsAsAwsSendsThem:
    """The files in events/, signed again: a signature counts for five minutes."""

    @pytest.mark.parametrize(
        ("name", "status"),
        [
            ("payment-result", "succeeded"),
            ("payment-result-base64", "succeeded"),
            ("payment-result-payment-failed", "failed"),
            ("payment-result-processing", "pending"),
            ("payment-result-requires-action", "pending"),
        ],
    )
    def test_a_payment_intent_settles_its_invoice(self, waiting: World, name: str, status: str) -> None:
        answer = waiting.call("payment-result", self.signed_now(waiting, name))

        assert (answer.status, answer.body) == (200, {"received": True})
        assert waiting.invoice(INVOICE_OF_EVENTS)["payment_status"] == status
        assert waiting.payments(INVOICE_OF_EVENTS)[0]["lago_id"] == payment_id(ORGANIZATION, INVOICE_OF_EVENTS, 1)

    @pytest.mark.parametrize("name", ["payment-result-canceled", "payment-result-partially-funded"])
    def test_one_that_no_request_of_ours_brought_proves_nothing_of_an_attempt_whose_intent_is_not_known(
        self, waiting: World, name: str
    ) -> None:
        answer = waiting.call("payment-result", self.signed_now(waiting, name))

        assert (answer.status, answer.body) == (200, {"received": True})
        assert waiting.payments(INVOICE_OF_EVENTS) == []
        assert waiting.hand_out_due()["handed_out"] == 1

    def test_an_event_of_another_type_is_ignored(self, waiting: World) -> None:
        before = kept(waiting)
        answer = waiting.call("payment-result", self.signed_now(waiting, "payment-result-foreign"))
        assert answer.status == 200
        assert kept(waiting) == before

    def test_as_they_are_their_signature_is_old(self, waiting: World) -> None:
        assert refused_event(waiting, load_event("payment-result")).status == 400

    def signed_now(self, world: World, name: str) -> dict[str, Any]:
        sent = load_event(name)
        text = base64.b64decode(sent["body"]).decode() if sent["isBase64Encoded"] else sent["body"]
        body = text.replace("cus_6dde065f0d2e7249d2337a00", provider_customer_id(world)).encode()
        sent["body"] = base64.b64encode(body).decode() if sent["isBase64Encoded"] else body.decode()
        sent["multiValueHeaders"]["Stripe-Signature"] = [signed(world, body)]
        return sent
