"""docs/architecture.md shows the stages and the steps as they are in the code."""

from architecture_tables import BLOCKS, PAGE, with_tables
from paystream.model.next_step import RULES
from paystream.model.standing import LEADS_TO, Stage


def test_the_page_shows_what_the_code_says() -> None:
    page = PAGE.read_text()

    assert page == with_tables(page), "make tables"
    assert all(block() in page for block in BLOCKS.values())


def test_each_rule_says_when_it_applies() -> None:
    assert all(rule.__doc__ for rule in RULES)


def test_each_stage_that_has_not_ended_leads_to_an_end() -> None:
    assert set(LEADS_TO) == set(Stage)
    for stage in set(Stage) - {Stage.PARKED}:
        assert LEADS_TO[stage] & {Stage.PAID, Stage.VOIDED, Stage.SETTLING}
