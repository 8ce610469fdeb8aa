"""SNS's HTTPS subscriptions in memory: asked, confirmed or forgotten, filtered, listed and ended.

Source: https://docs.aws.amazon.com/sns/latest/dg/sns-http-https-endpoint-as-subscriber.html
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .errors import NotImitatedError, client_error, refuse_unknown

SERVICE = "sns"
_TAKEN = frozenset({"RawMessageDelivery", "FilterPolicy", "DeliveryPolicy", "RedrivePolicy"})
_FORGOTTEN_AFTER = 48 * 3600.0
_A_PAGE = 2
"""So that pages happen; SNS has 100."""


@dataclass(eq=False, slots=True)
class HttpsSubscription:
    """One subscription; it is asked when it is made, in epoch seconds."""

    arn: str
    url: str
    attributes: dict[str, str]
    asked_at: float
    is_confirmed: bool = False


@dataclass(slots=True)
class HttpsSubscriptions:
    """All of them. `ask` is called with each handshake, `reaches` says whether a URL is there."""

    topics: list[str]
    now: Callable[[], float]
    ask: Callable[[HttpsSubscription], None] = lambda one: None
    reaches: Callable[[str], bool] = lambda url: True
    posts: list[tuple[str, str]] = field(default_factory=list)
    _kept: list[HttpsSubscription] = field(default_factory=list)
    _made: int = 0

    def all(self) -> list[HttpsSubscription]:
        """Those that there are; what nobody has confirmed in time is gone."""
        earliest = self.now() - _FORGOTTEN_AFTER
        self._kept = [one for one in self._kept if one.is_confirmed or one.asked_at > earliest]
        return self._kept

    def restore(self, subscription: HttpsSubscription) -> None:
        """What has ended is there again: its receiver opened the URL that SNS sends when a subscription ends."""
        self._kept.append(subscription)

    def post(self, body: str, attributes: Mapping[str, Any]) -> None:
        """Post a message to all that are confirmed and want it."""
        for one in self.all():
            if one.is_confirmed and _wants(json.loads(one.attributes["FilterPolicy"]), attributes):
                self.posts.append((one.url, body))

    def subscribe(
        self,
        *,
        TopicArn: str,
        Protocol: str,
        Endpoint: str,
        ReturnSubscriptionArn: bool,
        Attributes: Mapping[str, str],
        **unknown: Any,
    ) -> dict[str, Any]:
        refuse_unknown("Subscribe", unknown | dict.fromkeys(Attributes.keys() - _TAKEN, 1))
        if TopicArn not in self.topics:
            raise _error("Subscribe", "NotFound", "Topic does not exist", status=404)
        if Protocol != "https" or not ReturnSubscriptionArn:
            raise NotImitatedError("subscriptions that are not HTTPS, or whose ARN is not asked for")
        if not self.reaches(Endpoint):
            raise _error("Subscribe", "InvalidParameter", "Invalid parameter: Unreachable Endpoint")
        known = self._known(Endpoint)
        if known is not None and known.attributes != Attributes:
            raise _error("Subscribe", "InvalidParameter", "Subscription already exists with different attributes")
        subscription = known or self._new(TopicArn, Endpoint, Attributes)
        if not subscription.is_confirmed:
            self.ask(subscription)
        return {"SubscriptionArn": subscription.arn}

    def _known(self, url: str) -> HttpsSubscription | None:
        return next((one for one in self.all() if one.url == url), None)

    def _new(self, topic_arn: str, url: str, attributes: Mapping[str, str]) -> HttpsSubscription:
        self._made += 1
        new = HttpsSubscription(f"{topic_arn}:{self._made:08}", url, dict(attributes), self.now())
        self._kept.append(new)
        return new

    def unsubscribe(self, *, SubscriptionArn: str, **unknown: Any) -> dict[str, Any]:
        refuse_unknown("Unsubscribe", unknown)
        known = self._find("Unsubscribe", SubscriptionArn)
        if not known.is_confirmed:
            text = "Cannot unsubscribe a subscription that is pending confirmation"
            raise _error("Unsubscribe", "InvalidParameter", f"Invalid parameter: SubscriptionArn Reason: {text}")
        self._kept.remove(known)
        return {}

    def get_subscription_attributes(self, *, SubscriptionArn: str, **unknown: Any) -> dict[str, Any]:
        refuse_unknown("GetSubscriptionAttributes", unknown)
        known = self._find("GetSubscriptionAttributes", SubscriptionArn)
        pending = "false" if known.is_confirmed else "true"
        return {"Attributes": known.attributes | {"PendingConfirmation": pending, "Endpoint": known.url}}

    def set_subscription_attributes(
        self, *, SubscriptionArn: str, AttributeName: str, AttributeValue: str, **unknown: Any
    ) -> dict[str, Any]:
        refuse_unknown("SetSubscriptionAttributes", unknown)
        if AttributeName not in _TAKEN:
            raise NotImitatedError(f"a subscription's {AttributeName}")
        self._find("SetSubscriptionAttributes", SubscriptionArn).attributes[AttributeName] = AttributeValue
        return {}

    def list_subscriptions_by_topic(self, *, TopicArn: str, NextToken: str = "0", **unknown: Any) -> dict[str, Any]:
        refuse_unknown("ListSubscriptionsByTopic", unknown)
        start = int(NextToken)
        theirs = [one for one in self.all() if one.arn.startswith(f"{TopicArn}:")]
        page = theirs[start : start + _A_PAGE]
        shown = [
            {"SubscriptionArn": one.arn if one.is_confirmed else "PendingConfirmation", "Endpoint": one.url}
            for one in page
        ]
        more = {"NextToken": str(start + _A_PAGE)} if start + _A_PAGE < len(theirs) else {}
        return {"Subscriptions": shown, **more}

    def _find(self, operation: str, arn: str) -> HttpsSubscription:
        for one in self.all():
            if one.arn == arn:
                return one
        raise _error(operation, "NotFound", "Subscription does not exist", status=404)


def _wants(policy: Mapping[str, list[Any]], attributes: Mapping[str, Any]) -> bool:
    return all(_matches(rules, attributes[name]["StringValue"]) for name, rules in policy.items())


def _matches(rules: list[Any], value: str) -> bool:
    if any(not isinstance(rule, str) and rule != {"exists": False} for rule in rules):
        raise NotImitatedError(f"a filter policy with {rules}")
    return value in rules


def _error(operation: str, code: str, message: str, *, status: int = 400) -> Exception:
    return client_error(SERVICE, operation, code, message, status=status)
