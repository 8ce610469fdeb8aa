"""The judge of Stripe's side: one server and one description for all tests."""

from collections.abc import Iterator

import pytest
from conformance.judges import STRIPE_DESCRIPTION, installed, stripe_mock
from conformance.stripe_description import StripeDescription


@pytest.fixture(scope="session")
def stripe_mock_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where stripe-mock answers."""
    with stripe_mock(tmp_path_factory.mktemp("stripe-mock")) as url:
        yield url


@pytest.fixture(scope="session")
def description() -> StripeDescription:
    """What stripe-mock holds requests against, and we answers."""
    return StripeDescription(installed(STRIPE_DESCRIPTION))
