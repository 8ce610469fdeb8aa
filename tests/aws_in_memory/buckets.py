"""S3 in memory: objects by key, listed in order."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import md5
from io import BytesIO
from typing import Any

from .errors import client_error, exceptions_of, refuse_unknown

SERVICE = "s3"
_MOST_KEYS = 1000


@dataclass(slots=True)
class _Object:
    body: bytes
    metadata: Mapping[str, str]
    content_type: str
    modified_at: datetime


@dataclass(slots=True)
class Buckets:
    """All buckets, and a client of them; `now` is in epoch seconds."""

    names: list[str]
    now: Callable[[], float]
    _objects: dict[tuple[str, str], _Object] = field(default_factory=dict)

    @property
    def exceptions(self) -> Any:
        return exceptions_of(SERVICE)

    def put_object(
        self,
        *,
        Bucket: str,
        Key: str,
        Body: bytes | str = b"",
        ContentType: str = "binary/octet-stream",
        Metadata: Mapping[str, str] | None = None,
        **unknown: Any,
    ) -> dict[str, Any]:
        refuse_unknown("PutObject", unknown)
        self._check("PutObject", Bucket)
        body = Body.encode() if isinstance(Body, str) else bytes(Body)
        modified_at = datetime.fromtimestamp(int(self.now()), UTC)
        self._objects[Bucket, Key] = _Object(body, dict(Metadata or {}), ContentType, modified_at)
        return {"ETag": _etag(body)}

    def get_object(self, *, Bucket: str, Key: str, **unknown: Any) -> dict[str, Any]:
        refuse_unknown("GetObject", unknown)
        self._check("GetObject", Bucket)
        found = self._objects.get((Bucket, Key))
        if found is None:
            raise client_error(SERVICE, "GetObject", "NoSuchKey", "The specified key does not exist.", status=404)
        return {
            "Body": BytesIO(found.body),
            "ContentLength": len(found.body),
            "ContentType": found.content_type,
            "ETag": _etag(found.body),
            "LastModified": found.modified_at,
            "Metadata": dict(found.metadata),
        }

    def copy_object(self, *, Bucket: str, Key: str, CopySource: Mapping[str, str], **unknown: Any) -> dict[str, Any]:
        refuse_unknown("CopyObject", unknown)
        self._check("CopyObject", Bucket)
        found = self._objects.get((CopySource["Bucket"], CopySource["Key"]))
        if found is None:
            raise client_error(SERVICE, "CopyObject", "NoSuchKey", "The specified key does not exist.", status=404)
        self._objects[Bucket, Key] = found
        return {"CopyObjectResult": {"ETag": _etag(found.body)}}

    def delete_object(self, *, Bucket: str, Key: str, **unknown: Any) -> dict[str, Any]:
        """Deleting what is not there is no error."""
        refuse_unknown("DeleteObject", unknown)
        self._check("DeleteObject", Bucket)
        self._objects.pop((Bucket, Key), None)
        return {}

    def list_objects_v2(
        self,
        *,
        Bucket: str,
        Prefix: str = "",
        MaxKeys: int = _MOST_KEYS,
        StartAfter: str = "",
        ContinuationToken: str | None = None,
        **unknown: Any,
    ) -> dict[str, Any]:
        refuse_unknown("ListObjectsV2", unknown)
        self._check("ListObjectsV2", Bucket)
        after = StartAfter if ContinuationToken is None else ContinuationToken
        keys = sorted(
            key for bucket, key in self._objects if bucket == Bucket and key.startswith(Prefix) and key > after
        )
        page = keys[: min(MaxKeys, _MOST_KEYS)]
        answer: dict[str, Any] = {"KeyCount": len(page), "IsTruncated": len(page) < len(keys), "Name": Bucket}
        if page:
            answer["Contents"] = [self._summary(Bucket, key) for key in page]
        if len(page) < len(keys):
            answer["NextContinuationToken"] = page[-1]
        return answer

    def _summary(self, bucket: str, key: str) -> dict[str, Any]:
        found = self._objects[bucket, key]
        return {"Key": key, "Size": len(found.body), "ETag": _etag(found.body), "LastModified": found.modified_at}

    def _check(self, operation: str, bucket: str) -> None:
        if bucket not in self.names:
            raise client_error(SERVICE, operation, "NoSuchBucket", "The specified bucket does not exist", status=404)


def _etag(body: bytes) -> str:
    return f'"{md5(body, usedforsecurity=False).hexdigest()}"'
