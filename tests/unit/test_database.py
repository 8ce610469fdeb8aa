"""DynamoDB's words and limits, in ours."""

from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st
from paystream.adapters.dynamodb.database import is_key, version_checked
from paystream.errors import VersionConflictError


def refusal(code: str, *reasons: str) -> ClientError:
    """What the client raises; a canceled transaction has a reason for each of its actions."""
    answer: Any = {
        "Error": {"Code": code, "Message": "no"},
        "CancellationReasons": [{"Code": reason} for reason in reasons],
    }
    return ClientError(answer, "TransactWriteItems")


@pytest.mark.parametrize(
    "lost",
    [
        refusal("ConditionalCheckFailedException"),
        refusal("TransactionCanceledException", "ConditionalCheckFailed", "None"),
        refusal("TransactionCanceledException", "None", "TransactionConflict"),
    ],
    ids=str,
)
def test_a_lost_race_is_a_conflict_of_versions(lost: ClientError) -> None:
    with pytest.raises(VersionConflictError), version_checked():
        raise lost


@pytest.mark.parametrize(
    "refused",
    [
        refusal("ProvisionedThroughputExceededException"),
        refusal("TransactionCanceledException", "None", "ThrottlingError"),
        refusal("ValidationException"),
    ],
    ids=str,
)
def test_any_other_refusal_is_passed_on(refused: ClientError) -> None:
    with pytest.raises(ClientError) as raised, version_checked():
        raise refused
    assert raised.value is refused


@given(st.text(max_size=1200))
def test_a_key_is_text_of_one_to_1024_bytes(text: str) -> None:
    assert is_key(text) is (0 < len(text.encode(errors="replace")) <= 1024)


@pytest.mark.parametrize("value", [None, 1, True, [], {}, b"x"])
def test_whatever_is_no_text_is_no_key(value: object) -> None:
    assert not is_key(value)
