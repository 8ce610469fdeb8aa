"""What the wallet brings is measured: the same invoices, with and without it."""

from pytest_socket import disable_socket

from simulation.recovery import recover

FEW = (("pm_card_visa", 1), ("pm_card_chargeCustomerFail", 2), ("pm_card_radarBlock", 1))


def test_the_wallet_collects_more_of_what_failed_and_no_less_than_the_schedule() -> None:
    disable_socket()
    without, with_it = (recover(8, falls_back=falls_back, kinds=FEW) for falls_back in (False, True))

    assert without.failed == with_it.failed > 0
    assert with_it.collected > without.collected > 0
