"""``kill -9`` of the server, thirty times: nothing of it is left two seconds later."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from bench.soak import AT_A_TIME, one_round
from serverless_course.localcloud.lambda_.environment.governor.choose import available_governors

ROUNDS = 30


@pytest.mark.soak
def test_nothing_outlives_a_killed_server() -> None:
    governors = available_governors()
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        rounds = pool.map(one_round, [governors[n % len(governors)] for n in range(ROUNDS)])
        # The server, its keeper, three environments, and the spinning child of one of them.
        assert all(len(processes) >= 6 for processes in rounds)
