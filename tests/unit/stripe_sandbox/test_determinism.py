import json

from sandbox.stripe.clock import ManualClock
from sandbox.stripe.engine import StripeSandbox
from sandbox.stripe.ids import Ids
from sandbox.stripe.wire import Request

KEY = "sk_test_determinism00000000000"


def play(seed: int) -> list[str]:
    """Everything the sandbox answers and sends in a short scene."""
    sandbox = StripeSandbox(ManualClock(), Ids(seed))
    sandbox.add_account(KEY)
    headers = {"Authorization": f"Bearer {KEY}"}
    forms = (
        ("/v1/webhook_endpoints", "url=https://shop.example&enabled_events[]=*"),
        ("/v1/customers", "email=ada@example.com"),
        ("/v1/payment_intents", "amount=1000&currency=usd&payment_method=pm_card_visa&confirm=true&off_session=true"),
    )
    answers = [sandbox.handle(Request("POST", path, "", headers, form)).body for path, form in forms]
    return [body.decode() for body in [*answers, *(delivery.body for delivery in sandbox.due_deliveries())]]


def test_the_same_seed_gives_the_same_answers_and_webhooks() -> None:
    assert play(1) == play(1)


def test_another_seed_gives_other_ids() -> None:
    assert json.loads(play(1)[1])["id"] != json.loads(play(2)[1])["id"]
