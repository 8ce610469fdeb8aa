"""The function of webhook endpoints is killed, and the caller asks again."""

from functools import partial
from typing import Any

from sandbox.chaos.endings import Ending
from sandbox.chaos.points import Point
from sandbox.chaos.violations import expect
from sandbox.chaos.world import Chaos
from sandbox.receiver import Receiver

_ENDPOINTS = "webhook_endpoints"


def endpoint_created(chaos: Chaos, function: str, point: Point) -> Ending:
    """An endpoint whose URL confirms in the end."""
    with Receiver(confirms=False) as receiver:
        call = partial(chaos.stage.try_call, "POST", _ENDPOINTS, _wanted(receiver))
        made = chaos.repeated(point, function, call).body["webhook_endpoint"]
        theirs = [one for one in _endpoints(chaos) if one["webhook_url"] == receiver.url()]
        expect([one["lago_id"] for one in theirs] == [made["lago_id"]], f"{len(theirs)} endpoints came of one request")
        chaos.stack.wait_for("the handshake", lambda: receiver.was_asked)
        receiver.confirm()
        chaos.stack.wait_for("the endpoint to be confirmed", lambda: _status(chaos, made) == "confirmed")
        expect(_subscriptions(chaos, receiver) == 1, f"{_subscriptions(chaos, receiver)} subscriptions")
        chaos.stage.call("DELETE", f"{_ENDPOINTS}/{made['lago_id']}")
    return Ending("-", "1 endpoint, 1 subscription, confirmed")


def endpoint_destroyed(chaos: Chaos, function: str, point: Point) -> Ending:
    """An endpoint that is confirmed is destroyed; the second request may find that it is gone."""
    with Receiver() as receiver:
        made = chaos.stage.call("POST", _ENDPOINTS, _wanted(receiver))["webhook_endpoint"]
        chaos.stack.wait_for("the endpoint to be confirmed", lambda: _status(chaos, made) == "confirmed")
        destroy = partial(chaos.stage.try_call, "DELETE", f"{_ENDPOINTS}/{made['lago_id']}")
        first = chaos.killer.kill_at(point, function, destroy, is_answered_by_it=True)
        expect(first.status >= 500, f"the killed {function} answered {first.status} {first.body}")
        second = destroy()
        expect(second.status in (200, 404), f"repeating was answered {second.status} {second.body}")
        _endpoints(chaos)
        chaos.stack.wait_for("the subscription to end", lambda: _subscriptions(chaos, receiver) == 0)
    return Ending("-", "no endpoint, no subscription")


def _wanted(receiver: Receiver) -> dict[str, Any]:
    return {"webhook_endpoint": {"webhook_url": receiver.url(), "name": "chaos"}}


def _endpoints(chaos: Chaos) -> list[Any]:
    found: list[Any] = chaos.stage.call("GET", _ENDPOINTS)[_ENDPOINTS]
    return found


def _status(chaos: Chaos, endpoint: dict[str, Any]) -> str:
    found = chaos.stage.call("GET", f"{_ENDPOINTS}/{endpoint['lago_id']}")["webhook_endpoint"]
    return str(found["subscription_status"])


def _subscriptions(chaos: Chaos, receiver: Receiver) -> int:
    """How many of SNS's subscriptions lead to the receiver."""
    sns = chaos.stack.emulator.client("sns")
    listed = sns.list_subscriptions_by_topic(TopicArn=chaos.stack.outputs["TopicArn"])["Subscriptions"]
    return sum(one["Endpoint"].startswith(receiver.url()) for one in listed)
