"""`make chaos` leaves no function out: each is killed in the middle of its work, on both sides of what it changes."""

from typing import Any

import pytest
from sandbox.chaos.kills import KILLS, Kill, brief
from template import resources

ROLES = resources("AWS::IAM::Role")
FUNCTIONS = {
    properties["CodeUri"].removeprefix("functions/"): ROLES[properties["Role"]["Fn::GetAtt"][0]]
    for properties in resources("AWS::Serverless::Function").values()
}
MAY_ONLY_LOG = ("logs:", "xray:")
"""Such a function changes nothing, and nothing is lost with it."""
READS_STRIPES_KEY = "secretsmanager:GetSecretValue"
CHANGES = {
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
    "dynamodb:DeleteItem",
    "lambda:InvokeFunction",
    "s3:DeleteObject",
    "sns:Publish*",
    "sqs:SendMessage*",
}
OF_TABLES = {"GetItem", "PutItem", "Query", "TransactWriteItems", "UpdateItem"}
TABLES = {name.removesuffix("Table") for name in resources("AWS::DynamoDB::Table")}


def actions(role: dict[str, Any]) -> set[str]:
    """All that a role allows."""
    statements = [statement for policy in role["Policies"] for statement in policy["PolicyDocument"]["Statement"]]
    return {action for statement in statements for action in statement["Action"]}


def sides(function: str, *, at_stripe: bool) -> set[bool]:
    """Whether it is killed before a call takes effect, and after."""
    points = [kill.point for kill in KILLS if kill.function == function and kill.point.is_at_stripe is at_stripe]
    return {point.took_effect for point in points}


def test_in_brief_each_function_is_killed_on_the_sides_on_which_it_is_killed_at_all() -> None:
    chosen = brief(KILLS)

    assert {(kill.function, kill.point.took_effect) for kill in chosen} == {
        (kill.function, kill.point.took_effect) for kill in KILLS
    }
    assert len(chosen) < len(KILLS) / 2


def test_every_function_of_the_template_that_may_do_anything_is_killed_and_no_other() -> None:
    may_do_something = {
        name for name, role in FUNCTIONS.items() if any(not one.startswith(MAY_ONLY_LOG) for one in actions(role))
    }
    assert FUNCTIONS.keys() - may_do_something == {"serve-page"}
    assert {kill.function for kill in KILLS} == may_do_something


@pytest.mark.parametrize("function", [name for name, role in FUNCTIONS.items() if READS_STRIPES_KEY in actions(role)])
def test_what_calls_stripe_is_killed_before_a_call_took_effect_and_after(function: str) -> None:
    assert sides(function, at_stripe=True) == {False, True}


@pytest.mark.parametrize("function", [name for name, role in FUNCTIONS.items() if CHANGES & actions(role)])
def test_what_changes_anything_is_killed_before_the_change_and_after(function: str) -> None:
    assert sides(function, at_stripe=False) == {False, True}


@pytest.mark.parametrize(
    "kill",
    [kill for kill in KILLS if kill.point.call in OF_TABLES],
    ids=lambda kill: f"{kill.function} {kill.scene.__name__} {kill.point}",
)
def test_a_call_of_dynamodb_is_held_by_its_table_so_that_no_turn_at_stripe_is_taken_for_it(kill: Kill) -> None:
    assert kill.point.table in TABLES


def test_no_kill_is_there_twice() -> None:
    assert len({(kill.function, kill.point, kill.scene) for kill in KILLS}) == len(KILLS)
