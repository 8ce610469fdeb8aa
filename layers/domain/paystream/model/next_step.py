"""What is done next about an invoice: one function of the case and the time.

`RULES` are asked in their order, and the first that has a step is followed: what must be known stands before what is
decided from it. Each rule says when it applies; docs/architecture.md shows them as a table that is made from here.
"""

from collections.abc import Callable

from paystream.model.case import Case, Learned, Occasion
from paystream.model.rules.beginning import begin, begin_again, begin_chosen, begin_page
from paystream.model.rules.charging import collect
from paystream.model.rules.closing import close, close_others, end_unreachable, outwait
from paystream.model.rules.ending import end_without_payment, notify_overdue, rest
from paystream.model.rules.first_attempt import look_up_first_attempt, resume_creation
from paystream.model.rules.holding import hold
from paystream.model.rules.known import look_up, restore, retrieve, retrieve_spent
from paystream.model.rules.missing import ask_for_method, wait
from paystream.model.rules.refunds import look_at_refunds, send_back
from paystream.model.steps import Step

Rule = Callable[[Case], "Step | None"]

RULES: tuple[Rule, ...] = (
    restore,
    notify_overdue,
    retrieve,
    look_up,
    close,
    hold,
    resume_creation,
    look_up_first_attempt,
    retrieve_spent,
    close_others,
    send_back,
    look_at_refunds,
    end_unreachable,
    outwait,
    ask_for_method,
    end_without_payment,
    begin,
    begin_page,
    rest,
    wait,
    begin_again,
    begin_chosen,
    collect,
)


def next_step(case: Case) -> Step | None:
    """The first step that a rule calls for; None if there is nothing to do now.

    At most one answer is written down in a run: what comes next is decided when the invoice comes up again.
    """
    if case.has(Learned.ANSWERED) or (case.occasion is Occasion.NEW and not case.invoice.is_open):
        return None
    steps = (rule(case) for rule in RULES)
    return next((step for step in steps if step), None)
