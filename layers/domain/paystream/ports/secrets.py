"""Where the credentials of the integrations are."""

from typing import Protocol

from paystream.model.integration import Credentials, Integration


class Secrets(Protocol):
    """Credentials of the integrations, in Secrets Manager."""

    def get(self, integration: Integration, *, fresh: bool = False) -> Credentials | None:
        """None if there are none. What was read a while ago may be answered again, unless it is to be `fresh`."""
        ...

    def put(self, organization_id: str, integration_id: str, credentials: Credentials) -> None: ...
    def remove(self, organization_id: str, integration_id: str) -> None: ...
