import pytest
from hypothesis import given
from hypothesis import strategies as st

from serverless_course.functions.host import HostTiming

HEADER = (
    'cpu;dur=17.31, held;dur=205.10, contended;dur=0.40, share;desc="0.0724", '
    'governor;desc="cgroup1"'
)


def timing(cpu, held, contended, share=0.5, duration=None):
    return HostTiming(cpu, held, contended, share, "signals", duration)


def test_the_contracts_example():
    found = HostTiming.parse(HEADER, 223.0)
    assert found == HostTiming(17.31, 205.10, 0.40, 0.0724, "cgroup1", 223.0)
    assert found.kept_promise
    assert found.achieved_share == pytest.approx(17.31 / 222.81)


@pytest.mark.parametrize(
    "header",
    [None, "", "db;dur=53.2", "cpu;dur=x, held;dur=1, contended;dur=1, share, governor", ",,;;="],
)
def test_a_header_of_somebody_else_is_none(header):
    assert HostTiming.parse(header) is None


def test_order_blanks_and_further_entries_do_not_matter():
    parts = ["edge; dur=1", *(part.replace(";", " ; ") for part in reversed(HEADER.split(", ")))]
    assert HostTiming.parse(" ,".join(parts)) == HostTiming.parse(HEADER)


@pytest.mark.parametrize(
    ("contended", "duration", "kept"),
    [(2.0, 10, True), (2.1, 10, False), (5.0, 100, True), (5.1, 100, False), (30, 1000, True)],
)
def test_the_promise_is_broken_above_two_ms_and_five_percent(contended, duration, kept):
    assert timing(5, 0, contended, duration=duration).kept_promise is kept


def test_without_a_duration_the_runnable_time_counts():
    assert timing(90, 5, 5).kept_promise
    assert not timing(40, 5, 5).kept_promise


def test_share_needs_something_to_divide_by():
    assert timing(0, 0, 0).achieved_share is None
    assert timing(10, 0, 0, share=2.0).achieved_share is None
    assert timing(200, 0, 0, share=2.0, duration=100).achieved_share == 2.0


@given(*(st.floats(0, 1e6) for _ in range(3)))
def test_a_header_comes_back_as_it_was(cpu, held, contended):
    header = (
        f'cpu;dur={cpu!r}, held;dur={held!r}, contended;dur={contended!r}, share;desc="0.5", '
        'governor;desc="none"'
    )
    found = HostTiming.parse(header)
    assert (found.cpu_ms, found.held_ms, found.contended_ms) == (cpu, held, contended)
