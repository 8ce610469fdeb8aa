import pytest
from unit.stripe_sandbox.shop import Shop


@pytest.fixture
def shop() -> Shop:
    return Shop()
