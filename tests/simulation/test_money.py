"""Stories about money: whatever people and other systems do, nothing is charged beside another way to pay."""

from collections.abc import Callable

import pytest
from pytest_socket import disable_socket

from simulation.crossing_stories import CROSSING_STORIES
from simulation.kill_points import nowhere, play
from simulation.money_stories import MONEY_STORIES

Play = Callable[[str], None]


@pytest.fixture(autouse=True)
def _no_sockets() -> None:
    disable_socket()


@pytest.fixture(scope="module")
def is_well() -> Play:
    """Plays a story. Raises ViolationError if it breaks a rule."""

    def played(name: str) -> None:
        (story,) = (one for one in (*MONEY_STORIES, *CROSSING_STORIES) if one.name == name)
        play(story, nowhere)

    return played


class TestACharge:
    def test_is_over_what_a_payment_by_hand_has_left(self, is_well: Play) -> None:
        is_well("a part is paid by hand, and the rest is charged")

    def test_is_not_sent_while_a_page_is_open(self, is_well: Play) -> None:
        is_well("a page is open, and a retry is asked for")

    def test_is_not_sent_while_a_debit_of_an_attempt_that_failed_is_on_its_way(self, is_well: Play) -> None:
        is_well("a failed payment is confirmed with a debit, and retried")

    def test_follows_when_that_debit_bounces(self, is_well: Play) -> None:
        is_well("a failed payment is confirmed with a debit that bounces")


class TestWhatIsSettled:
    def test_by_hand_can_be_paid_at_stripe_no_more(self, is_well: Play) -> None:
        is_well("a failed invoice is paid by hand in full")

    def test_by_another_system_can_be_paid_at_stripe_no_more(self, is_well: Play) -> None:
        is_well("another system collects what failed")

    def test_by_hand_and_paid_in_the_moment_before_it_is_closed_is_on_record_with_both(self, is_well: Play) -> None:
        is_well("a failed payment is confirmed after it was paid by hand")


def test_two_who_ask_at_once_never_send_back_more_than_was_paid(is_well: Play) -> None:
    is_well("two refunds are asked for at once that are too much together")


class TestWhereWaysCross:
    def test_a_part_that_is_paid_by_hand_is_not_charged_a_second_time(self, is_well: Play) -> None:
        is_well("a part is paid by hand while what waited is charged")

    def test_a_refusal_of_our_own_never_hides_a_success_that_was_not_written(self, is_well: Play) -> None:
        is_well("a refusal of our own comes over a success that was not written")

    def test_a_page_is_closed_when_what_failed_on_the_page_before_is_paid(self, is_well: Play) -> None:
        is_well("a page is open, and what failed on the page before is paid")

    def test_a_page_is_closed_when_another_system_collects_under_its_name(self, is_well: Play) -> None:
        is_well("a page is open, and another system collects under its name")

    def test_an_attempt_is_closed_when_its_account_comes_back(self, is_well: Play) -> None:
        is_well("an account goes by force while an attempt is to be closed")

    def test_a_retry_with_a_method_of_a_deleted_customer_comes_to_an_end(self, is_well: Play) -> None:
        is_well("a method is chosen for a retry, and the customer is deleted at Stripe")

    def test_a_refund_that_the_key_may_not_make_fails_and_is_notified(self, is_well: Play) -> None:
        is_well("a key may not refund, and a second payment is to go back")

    def test_what_is_paid_too_much_goes_back_where_the_setting_says_so(self, is_well: Play) -> None:
        is_well("a part is paid by hand, and the failed payment is confirmed")

    def test_a_success_over_too_little_is_a_part_payment(self, is_well: Play) -> None:
        is_well("another system collects too little under the name of an attempt")

    def test_what_an_item_that_replaces_another_adds_is_still_owed(self, is_well: Play) -> None:
        is_well("an item over more replaces that of a paid invoice")

    def test_a_charge_of_the_customer_before_is_found_when_another_replaces_it(self, is_well: Play) -> None:
        is_well("an item of another customer replaces one that is charged and not written yet")

    def test_a_debit_is_followed_when_a_mistake_replaces_its_item(self, is_well: Play) -> None:
        is_well("a mistake replaces an item whose debit is on its way")

    def test_a_page_that_is_complete_leaves_no_plan_behind(self, is_well: Play) -> None:
        is_well("a debit is chosen on a page, and a retry was planned")
