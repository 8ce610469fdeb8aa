"""Receivers of webhooks: some confirm their URL after a while, some are silent, some are not there."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from aws_in_memory.https_subscriptions import HttpsSubscription

from .scheduler import Scheduler

SILENT = "silent.example.com"
AWAY = "away.example.com"
_LONGEST_PAUSE = 30.0


@dataclass(slots=True)
class Receivers:
    """All there are; the host says how they are."""

    scheduler: Scheduler

    def reaches(self, url: str) -> bool:
        return urlsplit(url).hostname != AWAY

    def asked(self, subscription: HttpsSubscription) -> None:
        if urlsplit(subscription.url).hostname == SILENT:
            return
        at = self.scheduler.clock.now() + self.scheduler.random.random() * _LONGEST_PAUSE
        self.scheduler.at(at, lambda: _confirm(subscription))


def _confirm(subscription: HttpsSubscription) -> None:
    subscription.is_confirmed = True


class PublicNames:
    """In place of the machine's resolver: every host is on the internet."""

    def addresses(self, host: str) -> tuple[str, ...]:
        return ("93.184.215.14",) if host else ()
