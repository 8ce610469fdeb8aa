"""Credentials in Secrets Manager: one secret an integration, with the API key and the signing secrets."""

import json
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from paystream.errors import VersionConflictError
from paystream.model.integration import Credentials, Integration

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

_KEPT_SECONDS = 300

_BEING_DELETED = "InvalidRequestException"
"""Deleting at once still takes a moment, in which the name is neither free nor usable.

Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteSecret.html
"""

_State = tuple[datetime, int]
"""When the integration was created, and its version."""


class SecretsManagerSecrets:
    """Implements the port `Secrets`. What was read is kept for five minutes, or until the integration changes.

    One that was disconnected and connected again starts at version 1 again: its time of creation tells them apart.
    """

    def __init__(
        self, client: "SecretsManagerClient", *, prefix: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._client = client
        self._prefix = prefix
        self._clock = clock
        self._kept: dict[str, tuple[_State, float, Credentials]] = {}

    def get(self, integration: Integration, *, fresh: bool = False) -> Credentials | None:
        name = self._name(integration.organization_id, integration.lago_id)
        state = (integration.created_at, integration.version)
        kept_state, read_at, kept = self._kept.get(name, (None, 0.0, None))
        if not fresh and kept_state == state and self._clock() - read_at < _KEPT_SECONDS:
            return kept
        try:
            stored = json.loads(self._client.get_secret_value(SecretId=name)["SecretString"])
        except ClientError as error:
            _raise_unless(error, "ResourceNotFoundException", _BEING_DELETED)
            return None
        credentials = Credentials(
            secret_key=stored["secret_key"],
            signing_secrets=tuple(stored["signing_secrets"]),
            webhook_endpoint_id=stored["webhook_endpoint_id"],
        )
        self._kept[name] = (state, self._clock(), credentials)
        return credentials

    def put(self, organization_id: str, integration_id: str, credentials: Credentials) -> None:
        name = self._name(organization_id, integration_id)
        self._kept.pop(name, None)
        try:
            self._put(name, json.dumps(asdict(credentials)))
        except ClientError as error:
            _raise_unless(error, _BEING_DELETED)
            raise VersionConflictError("the credentials of before are still being deleted; try again") from error

    def remove(self, organization_id: str, integration_id: str) -> None:
        """At once, without a recovery window: connecting again uses the same name."""
        name = self._name(organization_id, integration_id)
        self._kept.pop(name, None)
        try:
            self._client.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)
        except ClientError as error:
            _raise_unless(error, "ResourceNotFoundException")

    def _put(self, name: str, text: str) -> None:
        try:
            self._client.put_secret_value(SecretId=name, SecretString=text)
        except ClientError as error:
            _raise_unless(error, "ResourceNotFoundException")
            self._create(name, text)

    def _create(self, name: str, text: str) -> None:
        try:
            self._client.create_secret(Name=name, SecretString=text, Description="Stripe credentials of an integration")
        except ClientError as error:
            _raise_unless(error, "ResourceExistsException")
            self._client.put_secret_value(SecretId=name, SecretString=text)

    def _name(self, organization_id: str, integration_id: str) -> str:
        return f"{self._prefix}/{organization_id}/{integration_id}"


def _raise_unless(error: ClientError, *codes: str) -> None:
    if error.response["Error"]["Code"] not in codes:
        raise error
