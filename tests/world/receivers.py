"""The receivers of webhooks, whom SNS asks to confirm their URL before it posts anything to it.

https://docs.aws.amazon.com/sns/latest/dg/sns-http-https-endpoint-as-subscriber.html
"""

from collections import Counter

import pytest
from aws_in_memory.https_subscriptions import HttpsSubscription
from paystream import bootstrap
from paystream.adapters.sns_subscriptions import MARK

from world.world import World

PUBLIC_ADDRESS = "93.184.215.14"
_UNCONFIRMED_IS_KEPT_FOR = 48 * 3600.0
"""In seconds."""


class Receivers:
    """`asked` counts the handshakes; `names` are known hosts."""

    def __init__(self, world: World) -> None:
        self.asked: Counter[str] = Counter()
        self.names: dict[str, tuple[str, ...]] = {}
        self.unreachable: set[str] = set()
        self._world = world
        self._https = world.aws_account.https
        self._https.ask = self._ask
        self._https.reaches = lambda url: url.partition("?")[0] not in self.unreachable

    @property
    def posts(self) -> list[tuple[str, str]]:
        """The URLs with what was posted to them."""
        return [(_bare(url), body) for url, body in self._https.posts]

    def addresses(self, host: str) -> tuple[str, ...]:
        """In place of the machine's resolver."""
        return self.names.get(host, (PUBLIC_ADDRESS,))

    def confirm(self, url: str) -> None:
        """A receiver opens the URL that SNS sent it."""
        for one in self.subscriptions():
            if _bare(one.url) == url:
                one.is_confirmed = True

    def forget_unconfirmed(self) -> None:
        """SNS, after two days."""
        for one in self.subscriptions():
            if not one.is_confirmed:
                one.asked_at -= _UNCONFIRMED_IS_KEPT_FOR

    def restore(self, subscription: HttpsSubscription) -> None:
        """A receiver opens the URL that SNS sent it when the subscription ended."""
        self._https.restore(subscription)

    def subscriptions(self) -> list[HttpsSubscription]:
        """All that lead to a URL."""
        return list(self._https.all())

    def subscribed(self) -> list[str]:
        """The URLs that SNS posts to."""
        return sorted(_bare(one.url) for one in self.subscriptions() if one.is_confirmed)

    def pending(self) -> list[str]:
        """The URLs that SNS has asked to confirm."""
        return sorted(_bare(one.url) for one in self.subscriptions() if not one.is_confirmed)

    def queues(self) -> list[str]:
        """The names of the dead-letter queues."""
        return sorted(self._world.aws_account.queues.made)

    def _ask(self, one: HttpsSubscription) -> None:
        self.asked[_bare(one.url)] += 1


def receivers(world: World, monkeypatch: pytest.MonkeyPatch) -> Receivers:
    """Receivers for this world."""
    found = Receivers(world)
    monkeypatch.setattr(bootstrap, "resolver", lambda: found)
    bootstrap.webhook_urls.cache_clear()
    return found


def _bare(url: str) -> str:
    return url.partition(f"?{MARK}=")[0].partition(f"&{MARK}=")[0]
