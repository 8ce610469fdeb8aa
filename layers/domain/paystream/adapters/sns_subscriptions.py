"""The topic's HTTPS subscriptions, each with a filter and with its endpoint's dead-letter queue."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from botocore.exceptions import ClientError

from paystream.adapters.dead_letters import SqsDeadLetterQueues
from paystream.errors import SubscriptionRefusedError
from paystream.model.webhook_endpoint import Subscription, SubscriptionStatus

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient

MARK = "paystream_subscription"
"""The parameter that makes a subscription's URL its own. The topic takes a URL once, from whichever organization:
without the mark two organizations with the same URL, or one that comes back to a URL, would get each other's
subscription.
"""

_DELIVERY_POLICY = json.dumps(
    {
        "healthyRetryPolicy": {
            "minDelayTarget": 5,
            "maxDelayTarget": 300,
            "numRetries": 12,
            "numNoDelayRetries": 1,
            "numMinDelayRetries": 2,
            "numMaxDelayRetries": 4,
            "backoffFunction": "exponential",
        },
        "requestPolicy": {"headerContentType": "application/json"},
    }
)
"""Half an hour or so; SNS allows an hour. https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html"""

_NOT_THERE = frozenset({"NotFound", "NotFoundException"})
_NOT_TAKEN = frozenset({"InvalidParameter", "InvalidParameterException"})


class SnsSubscriptions:
    """Implements the port `Subscriptions`."""

    def __init__(self, client: "SNSClient", dead_letters: SqsDeadLetterQueues, *, topic_arn: str) -> None:
        self._client = client
        self._dead_letters = dead_letters
        self._topic_arn = topic_arn

    def subscribe(self, organization_id: str, endpoint_id: str, subscription: Subscription) -> str | None:
        url = subscribed_url(subscription)
        attributes = {
            "RawMessageDelivery": "true",
            "FilterPolicy": _filter_policy(organization_id, subscription.event_types),
            "DeliveryPolicy": _DELIVERY_POLICY,
            "RedrivePolicy": json.dumps({"deadLetterTargetArn": self._dead_letters.create(endpoint_id)}),
        }
        try:
            answer = self._client.subscribe(
                TopicArn=self._topic_arn,
                Protocol=urlsplit(url).scheme,
                Endpoint=url,
                ReturnSubscriptionArn=True,
                Attributes=attributes,
            )
        except ClientError as error:
            if _code(error) in _NOT_TAKEN:
                # Without the cause: it may repeat the URL, which may hold a password.
                raise SubscriptionRefusedError("the topic does not take this URL") from None
            raise
        arn: str | None = answer["SubscriptionArn"]
        if not self._is_ours(arn):
            # The emulator does not show the ARN of what nobody has confirmed, but lists it.
            arn = self.find(subscription)
        return arn if self._is_ours(arn) else None

    def find(self, subscription: Subscription) -> str | None:
        token: str | None = ""
        while token is not None:
            start: dict[str, str] = {"NextToken": token} if token else {}
            page = self._client.list_subscriptions_by_topic(TopicArn=self._topic_arn, **start)
            for one in page["Subscriptions"]:
                if subscription.id in one["Endpoint"]:
                    return one["SubscriptionArn"]
            token = page.get("NextToken") or None
        return None

    def status(self, arn: str) -> SubscriptionStatus:
        if not self._is_ours(arn):
            return SubscriptionStatus.PENDING
        try:
            attributes = self._client.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
        except ClientError as error:
            if _code(error) in _NOT_THERE:
                return SubscriptionStatus.EXPIRED
            raise
        is_pending = attributes["PendingConfirmation"] == "true"
        return SubscriptionStatus.PENDING if is_pending else SubscriptionStatus.CONFIRMED

    def choose(self, arn: str, organization_id: str, event_types: Sequence[str] | None) -> bool:
        policy = _filter_policy(organization_id, event_types)
        try:
            self._client.set_subscription_attributes(
                SubscriptionArn=arn, AttributeName="FilterPolicy", AttributeValue=policy
            )
        except ClientError as error:
            if _code(error) in _NOT_THERE | _NOT_TAKEN:
                return False
            raise
        return True

    def unsubscribe(self, arn: str) -> None:
        if not self._is_ours(arn):
            return
        try:
            self._client.unsubscribe(SubscriptionArn=arn)
        except ClientError as error:
            # SNS ends none that nobody has confirmed: "Cannot unsubscribe a subscription that is pending confirmation".
            if _code(error) not in _NOT_THERE | _NOT_TAKEN:
                raise

    def remove_dead_letters(self, endpoint_id: str) -> None:
        self._dead_letters.remove(endpoint_id)

    def _is_ours(self, arn: str | None) -> bool:
        """Of this topic: the role could do more. A list says `PendingConfirmation` where nobody has confirmed."""
        return arn is not None and arn.startswith(f"{self._topic_arn}:")


def subscribed_url(subscription: Subscription) -> str:
    """The URL with the subscription's mark; without a fragment, which no server sees."""
    parts = urlsplit(subscription.webhook_url)
    mark = f"{MARK}={subscription.id}"
    return parts._replace(query=f"{parts.query}&{mark}" if parts.query else mark, fragment="").geturl()


def _filter_policy(organization_id: str, event_types: Sequence[str] | None) -> str:
    """None lets all types through, an empty list no message: there is none without a type."""
    policy: dict[str, list[Any]] = {"organization_id": [organization_id]}
    if event_types is not None:
        policy["webhook_type"] = list(event_types) or [{"exists": False}]
    return json.dumps(policy)


def _code(error: ClientError) -> str:
    return str(error.response["Error"]["Code"])
