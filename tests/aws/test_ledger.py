import threading
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serverless_course.aws.ledger import Ledger, Resource, StateError, state_dir


def resource(name, *, target="aws 1 us-east-1", slug="lab", kind="iam:role"):
    return Resource(target, slug, kind, name)


def test_what_is_recorded_is_held_until_seen_to_be_gone(tmp_path):
    ledger = Ledger(tmp_path / "new" / "ledger.jsonl")
    assert ledger.held("aws 1 us-east-1") == ()
    one, two = resource("one"), resource("two")
    ledger.record(one)
    ledger.record(two)
    ledger.record(one)
    assert ledger.held("aws 1 us-east-1") == (one, two)
    ledger.forget(one)
    assert Ledger(ledger.path).held("aws 1 us-east-1") == (two,)
    ledger.record(one)
    assert ledger.held("aws 1 us-east-1") == (two, one)


def test_only_what_was_made_has_a_time_of_being_gone(tmp_path):
    ledger, one = Ledger(tmp_path / "ledger.jsonl"), resource("one")
    ledger.record(one)
    ledger.forget(one)
    assert ledger.gone_at(one) is None
    ledger.confirm(one)
    assert ledger.gone_at(one) is None
    before = datetime.now(UTC)
    ledger.forget(one)
    first = ledger.gone_at(one)
    assert before - timedelta(seconds=1) <= first <= datetime.now(UTC)
    assert ledger.gone_at(resource("other")) is None
    ledger.record(one)
    ledger.forget(one)
    lines = ledger.path.read_text().splitlines()
    assert ledger.gone_at(one) == first
    ledger.path.write_text("\n".join(lines).replace('"at"', '"when"') + "\n")
    assert ledger.gone_at(one) is None


def test_clouds_and_labs_are_kept_apart(tmp_path):
    ledger = Ledger(tmp_path / "ledger.jsonl")
    ledger.record(resource("same", target="embedded 1 us-east-1"))
    ledger.record(resource("same", slug="other"))
    assert ledger.held("aws 1 us-east-1", "lab") == ()
    assert len(ledger.held("aws 1 us-east-1")) == 1
    assert len(ledger.held("embedded 1 us-east-1", "lab")) == 1


@given(cut=st.integers(1, 150))
def test_a_line_cut_short_by_a_crash_loses_no_other_line(tmp_path_factory, cut):
    ledger = Ledger(tmp_path_factory.mktemp("state") / "ledger.jsonl")
    ledger.record(resource("before"))
    whole = ledger.path.stat().st_size
    ledger.record(resource("torn"))
    with ledger.path.open("r+b") as file:
        file.truncate(max(whole, ledger.path.stat().st_size - cut))
    ledger.record(resource("after"))
    names = [found.name for found in ledger.held("aws 1 us-east-1")]
    assert names[0] == "before"
    assert names[-1] == "after"


def test_two_notebooks_do_not_mix_their_lines(tmp_path):
    path = tmp_path / "ledger.jsonl"

    def write(name):
        for number in range(20):
            Ledger(path).record(resource(f"{name}-{number}"))

    threads = [threading.Thread(target=write, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(Ledger(path).held("aws 1 us-east-1")) == 60


def test_a_folder_that_cannot_be_written_is_told_with_what_to_set(tmp_path):
    (tmp_path / "file").touch()
    ledger = Ledger(tmp_path / "file" / "ledger.jsonl")
    for use in (lambda: ledger.record(resource("one")), lambda: ledger.held("aws 1 us-east-1")):
        with pytest.raises(StateError, match="Set COURSE_STATE_DIR") as caught:
            use()
        assert str(tmp_path / "file") in str(caught.value)


def test_state_lives_in_the_checkout_or_where_the_variable_says(tmp_path, monkeypatch):
    (tmp_path / "pyproject.toml").touch()
    deep = tmp_path / "labs" / "01"
    deep.mkdir(parents=True)
    monkeypatch.chdir(deep)
    assert state_dir({}) == tmp_path / ".course"
    assert state_dir({"COURSE_STATE_DIR": str(tmp_path / "x")}) == tmp_path / "x"


@pytest.mark.parametrize("junk", ["", "[]", "nonsense", '{"event": "create"}', "null"])
def test_a_foreign_line_is_passed_over(tmp_path, junk):
    ledger = Ledger(tmp_path / "ledger.jsonl")
    ledger.record(resource("one"))
    with ledger.path.open("a") as file:
        file.write(junk + "\n")
    ledger.record(resource("two"))
    assert [found.name for found in ledger.held("aws 1 us-east-1")] == ["one", "two"]
