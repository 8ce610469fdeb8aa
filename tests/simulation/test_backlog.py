"""Some hundred open invoices at once: they are settled as fast as Stripe lets them, and nobody else waits for them."""

from collections.abc import Callable

import pytest
from pytest_socket import disable_socket

from simulation.backlog import A_PAGE, RATE, Measured, burst, lost_events
from simulation.timed import Latency

INVOICES = 200


@pytest.fixture(autouse=True)
def _no_sockets() -> None:
    disable_socket()


def measured(scenario: Callable[[int, Latency], Measured]) -> Measured:
    return scenario(INVOICES, Latency(stripe=1.5, aws=0.005))


def test_debits_whose_events_are_lost_are_found_a_hundred_a_call() -> None:
    found = measured(lost_events)

    assert found.figures["creations"] == found.figures["429s"] == 0
    assert found.figures["lists"] <= INVOICES / A_PAGE + 2
    assert found.figures["retrievals"] <= 2
    assert found.seconds < INVOICES / RATE


def test_a_burst_is_collected_by_one_call_an_invoice_and_its_neighbour_does_not_notice() -> None:
    found = measured(burst)

    assert found.figures["creations"] == INVOICES
    assert found.figures["429s"] == 0
    assert found.figures["most creations in a second"] <= RATE + 1
    assert found.figures["creations a second, without the first and last tenth"] > 0.8 * RATE
    assert found.figures["writes of the rate limits"] < 3 * INVOICES
    assert found.figures["neighbour's longest"] < 5
