"""Secrets Manager in memory.

Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/Welcome.html
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .errors import NotImitatedError, client_error, exceptions_of, refuse_unknown

SERVICE = "secretsmanager"


@dataclass(slots=True)
class Secrets:
    """All secrets, and a client of them. `deletion_takes` says for how many seconds a deletion goes on."""

    now: Callable[[], float]
    deletion_takes: Callable[[], float] = lambda: 0.0
    texts: dict[str, str] = field(default_factory=dict)
    _deleted_until: dict[str, float] = field(default_factory=dict)

    @property
    def exceptions(self) -> Any:
        return exceptions_of(SERVICE)

    def get_secret_value(self, *, SecretId: str, **unknown: Any) -> dict[str, Any]:
        refuse_unknown("GetSecretValue", unknown)
        self._check("GetSecretValue", SecretId)
        return {"Name": SecretId, "SecretString": self.texts[SecretId]}

    def put_secret_value(self, *, SecretId: str, SecretString: str, **unknown: Any) -> dict[str, Any]:
        refuse_unknown("PutSecretValue", unknown)
        self._check("PutSecretValue", SecretId)
        self.texts[SecretId] = SecretString
        return {"Name": SecretId}

    def create_secret(self, *, Name: str, SecretString: str, Description: str = "", **unknown: Any) -> dict[str, Any]:
        refuse_unknown("CreateSecret", unknown)
        self._check_deletion("CreateSecret", Name)
        if Name in self.texts:
            message = "The operation failed because the secret already exists."
            raise client_error(SERVICE, "CreateSecret", "ResourceExistsException", message)
        self.texts[Name] = SecretString
        return {"Name": Name}

    def delete_secret(
        self, *, SecretId: str, ForceDeleteWithoutRecovery: bool = False, **unknown: Any
    ) -> dict[str, Any]:
        """Forced, it raises no error for a secret that is not there; the name is not free at once."""
        refuse_unknown("DeleteSecret", unknown)
        if not ForceDeleteWithoutRecovery:
            raise NotImitatedError("DeleteSecret with a recovery window")
        if self.texts.pop(SecretId, None) is not None:
            self._deleted_until[SecretId] = self.now() + self.deletion_takes()
        return {"Name": SecretId}

    def _check(self, operation: str, name: str) -> None:
        self._check_deletion(operation, name)
        if name not in self.texts:
            message = "Secrets Manager can't find the specified secret."
            raise client_error(SERVICE, operation, "ResourceNotFoundException", message)

    def _check_deletion(self, operation: str, name: str) -> None:
        if self._deleted_until.get(name, 0.0) > self.now():
            message = "You can't perform this operation on the secret because it was marked for deletion."
            raise client_error(SERVICE, operation, "InvalidRequestException", message)
        self._deleted_until.pop(name, None)
