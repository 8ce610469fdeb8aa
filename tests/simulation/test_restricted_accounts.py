"""An account that refuses everything for three days."""

import pytest
from pytest_socket import disable_socket

from simulation.quiet import Quiet
from simulation.restricted import held_back, put_all_right, refuse_all
from simulation.run import settle
from simulation.trace import Trace
from simulation.workload import Workload
from simulation.world import World

INVOICES = 10
HOUR = 3600.0


@pytest.fixture(autouse=True)
def _no_sockets() -> None:
    disable_socket()


def test_no_failure_is_reported_and_all_is_collected_within_an_hour_after_it_is_put_right() -> None:
    """Most of the three days nobody is at work: what is seldom looked at by then is collected as soon as all else."""
    with World(1, trace=Trace()) as world:
        workload = Workload(world, INVOICES)
        workload.set_up()
        refuse_all(workload)
        while workload.brought < INVOICES:
            workload.start()
            world.run(world.clock.now() + 3 * HOUR / INVOICES)
        world.jump(67 * HOUR)
        world.run(world.clock.now() + 2 * HOUR)
        held = list(held_back(world))
        put_all_right(workload)

        world.run(world.clock.now() + HOUR, exactly=True)

        assert len(held) > INVOICES / 3
        assert list(held_back(world)) == []
        settle(world, workload)
        Quiet(world, workload).check()
