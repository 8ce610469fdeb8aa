"""What is paid in part leaves the rest to be paid, once; what is too much is on record, notified, and goes back."""

from builders.customers import attach, provider_customer_id
from builders.due import look_a_minute_later
from builders.invoices import waiting_invoice
from builders.payments import pay_by_hand, refunds_at_stripe
from world.world import World

PART = 1000


class TestAPartThatIsPaidByHandWhileTheWholeIsCharged:
    """Settle-due has found a method that the customer saved, and Stripe has charged it."""

    def charge(self, world: World, *, goes_back: bool) -> tuple[str, int]:
        """The invoice's id, and what was taken of the payment by hand, in minor units."""
        invoice_id = waiting_invoice(world, refund_second_payments=goes_back)
        attach(world, provider_customer_id(world))
        world.stripe.due_deliveries()
        answers: list[int] = []

        def meanwhile() -> None:
            answers.append(pay_by_hand(world, invoice_id, PART).status)

        world.aws.meanwhile("TransactWriteItems", meanwhile)
        look_a_minute_later(world, times=11)
        assert not world.aws.are_still_to_come
        return invoice_id, PART if answers == [200] else 0

    def test_is_a_surplus_on_record_where_the_setting_does_not_send_it_back(self, world: World) -> None:
        invoice_id, by_hand = self.charge(world, goes_back=False)

        assert refunds_at_stripe(world) == []
        assert world.invoice(invoice_id)["total_paid_amount_cents"] == by_hand + sum(world.charged())
        assert world.notified().count("payment.succeeded") == (2 if by_hand else 1)
