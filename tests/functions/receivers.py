"""Whoever receives webhooks, and SNS as it treats them: moto confirms a URL itself, and posts to it for real.

SNS asks a URL to confirm, posts nothing before, ends no subscription that nobody has confirmed, and forgets it in the
end. https://docs.aws.amazon.com/sns/latest/dg/sns-http-https-endpoint-as-subscriber.html
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import boto3
import pytest
from functions.world import World
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.sns.exceptions import SNSInvalidParameter
from moto.sns.models import SNSBackend, Subscription, sns_backends
from moto.sns.responses import SNSResponse
from paystream import bootstrap
from paystream.adapters.sns_subscriptions import MARK

PUBLIC_ADDRESS = "93.184.215.14"


@dataclass
class Receivers:
    """`posts` are the URLs with what was posted to them; `asked` counts the handshakes; `names` are known hosts."""

    posts: list[tuple[str, str]] = field(default_factory=list)
    asked: Counter[str] = field(default_factory=Counter)
    names: dict[str, tuple[str, ...]] = field(default_factory=dict)
    unreachable: set[str] = field(default_factory=set)

    def addresses(self, host: str) -> tuple[str, ...]:
        """In place of the machine's resolver."""
        return self.names.get(host, (PUBLIC_ADDRESS,))

    def confirm(self, url: str) -> None:
        """A receiver opens the URL that SNS sent it."""
        for one in self.subscriptions():
            if _bare(one) == url:
                one.attributes["PendingConfirmation"] = False

    def forget_unconfirmed(self) -> None:
        """SNS, after two days."""
        known = sns_backends[DEFAULT_ACCOUNT_ID]["us-east-1"].subscriptions
        for one in self.subscriptions():
            if one.attributes["PendingConfirmation"]:
                del known[one.arn]

    def subscriptions(self) -> list[Subscription]:
        """All that lead to a URL."""
        known = sns_backends[DEFAULT_ACCOUNT_ID]["us-east-1"].subscriptions
        return [one for one in known.values() if one.protocol in ("http", "https")]

    def subscribed(self) -> list[str]:
        """The URLs that SNS posts to."""
        return sorted(_bare(one) for one in self.subscriptions() if not one.attributes["PendingConfirmation"])

    def pending(self) -> list[str]:
        """The URLs that SNS has asked to confirm."""
        return sorted(_bare(one) for one in self.subscriptions() if one.attributes["PendingConfirmation"])

    def queues(self) -> list[str]:
        """The names of the dead-letter queues."""
        urls = boto3.client("sqs").list_queues(QueueNamePrefix="paystream-webhook").get("QueueUrls", [])
        return sorted(url.rpartition("/")[2] for url in urls)


def receivers(world: World, monkeypatch: pytest.MonkeyPatch) -> Receivers:
    """Receivers for this world."""
    found = Receivers()
    _ask_and_refuse(found, monkeypatch)
    _post(found, monkeypatch)
    monkeypatch.setattr(bootstrap, "resolver", lambda: found)
    bootstrap.webhook_urls.cache_clear()
    return found


def _ask_and_refuse(found: Receivers, monkeypatch: pytest.MonkeyPatch) -> None:
    subscribe, unsubscribe = SNSResponse.subscribe, SNSBackend.unsubscribe

    def asking(response: Any) -> Any:
        url = response._get_param("Endpoint")
        wanted = response._get_attributes()
        before = next((one for one in found.subscriptions() if one.endpoint == url), None)
        if url.partition("?")[0] in found.unreachable:
            raise SNSInvalidParameter("Invalid parameter: Unreachable Endpoint")
        if before and any(before.attributes.get(name) != value for name, value in wanted.items()):
            raise SNSInvalidParameter(
                "Invalid parameter: Attributes Reason: Subscription already exists with different"
            )
        answer = subscribe(response)
        (one,) = [one for one in found.subscriptions() if one.endpoint == url]
        if before is None:
            one.attributes["PendingConfirmation"] = True
        found.asked[_bare(one)] += bool(one.attributes["PendingConfirmation"])
        return answer

    def refusing(backend: SNSBackend, arn: str) -> None:
        one = backend.subscriptions.get(arn)
        if one and one.attributes["PendingConfirmation"]:
            raise SNSInvalidParameter(
                "Invalid parameter: Cannot unsubscribe a subscription that is pending confirmation"
            )
        unsubscribe(backend, arn)

    monkeypatch.setattr(SNSResponse, "subscribe", asking)
    monkeypatch.setattr(SNSBackend, "unsubscribe", refusing)


def _post(found: Receivers, monkeypatch: pytest.MonkeyPatch) -> None:
    publish = Subscription.publish

    def posting(one: Subscription, message: str, message_id: str, **more: Any) -> None:
        if one.protocol == "sqs":
            publish(one, message, message_id, **more)
        elif not one.attributes["PendingConfirmation"] and _lets_through(one, message, more):
            found.posts.append((_bare(one), message))

    monkeypatch.setattr(Subscription, "publish", posting)


def _lets_through(one: Subscription, message: str, more: dict[str, Any]) -> bool:
    matcher = one._filter_policy_matcher
    return matcher is None or matcher.matches(more["message_attributes"], message)


def _bare(one: Subscription) -> str:
    return one.endpoint.partition(f"?{MARK}=")[0].partition(f"&{MARK}=")[0]
