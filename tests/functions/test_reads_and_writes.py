"""What a step of collection costs in reads and writes: each row is read once."""

from builders.durations import DAY, HOUR, MINUTE
from builders.invoices import failed_invoice
from builders.stripe_events import events_due
from world.row_trace import traced_rows
from world.world import World


def test_a_planned_retry_reads_five_times_each_row_once_and_writes_two_transactions(world: World) -> None:
    """The attempt before is closed in the transaction that begins the next one; its outcome is the other one. That the
    invoice is overdue was notified before.
    """
    invoice_id = failed_invoice(world)
    world.pass_time(15 * HOUR)
    world.look_again()
    world.pass_time(9 * HOUR)
    world.hand_out_due()

    with traced_rows(world.aws) as trace:
        assert world.collect_due() == 0

    assert len(world.payments(invoice_id)) == 2
    assert trace.reads <= 5
    assert sorted(set(trace.rows)) == sorted(trace.rows)
    assert (trace.transactions, trace.writes) == (2, 0)


def test_a_fourth_attempt_costs_no_more(world: World) -> None:
    invoice_id = failed_invoice(world, retry_schedule_days=[1, 1, 1])
    for _ in range(2):
        world.pass_time(DAY)
        world.look_again()
    world.pass_time(DAY)
    world.hand_out_due()

    with traced_rows(world.aws) as trace:
        assert world.collect_due() == 0

    assert len(world.payments(invoice_id)) == 4
    assert (trace.reads <= 5, trace.transactions) == (True, 2)


def test_a_new_invoice_reads_four_times_each_row_once_and_writes_one_transaction(world: World) -> None:
    world.connect()
    world.customer()
    world.create_invoice()

    with traced_rows(world.aws) as trace:
        world.collect_new_invoices()

    assert world.charged() == [4200]
    assert trace.reads == 4
    assert sorted(set(trace.rows)) == sorted(trace.rows)
    assert (trace.transactions, trace.writes) == (1, 0)


def test_an_event_that_is_no_news_reads_three_times_and_writes_nothing(world: World) -> None:
    world.connect()
    world.customer()
    world.create_invoice()
    world.collect_new_invoices()
    world.pass_time(MINUTE)
    (delivery,) = events_due(world, "payment_intent.succeeded")
    assert world.deliver(delivery) == 200

    with traced_rows(world.aws) as trace:
        assert world.deliver(delivery) == 200

    assert trace.reads <= 3
    assert (trace.transactions, trace.writes) == (0, 0)
