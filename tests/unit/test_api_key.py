"""model/api_key: a key names its organization, and only the whole key has its hash."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paystream.model.api_key import key_hash, key_text, organization_of

SECRETS = st.text("0123456789abcdef", min_size=64, max_size=64)


@given(st.uuids(), SECRETS)
def test_a_key_names_its_organization(organization: UUID, secret: str) -> None:
    assert organization_of(key_text(str(organization), secret)) == str(organization)


@given(st.uuids(), SECRETS, st.integers(0, 105), st.characters(codec="utf-8"))
def test_a_key_with_one_character_changed_has_another_hash(
    organization: UUID, secret: str, place: int, character: str
) -> None:
    key = key_text(str(organization), secret)
    changed = key[:place] + character + key[place + 1 :]

    assert (key_hash(changed) == key_hash(key)) is (changed == key)


@given(st.text())
def test_any_other_text_names_no_organization(text: str) -> None:
    assert organization_of(text) is None


@pytest.mark.parametrize("change", [str.upper, lambda key: key + "\n", lambda key: " " + key, lambda key: key[:-1]])
def test_a_key_that_is_nearly_right_names_no_organization(change: object) -> None:
    assert callable(change)
    assert organization_of(change(key_text("0a1b2c3d-0000-4000-8000-000000000001", "ab" * 32))) is None
