"""`lab.certificate()` end to end: what was solved is on it, verified, and no secret of the run."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from pathlib import Path
from secrets import token_urlsafe
from typing import Any

import pytest

from serverless_course import Lab
from serverless_course.exercises.certificate import main
from serverless_course.exercises.certificate_proof import evidence_in
from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.deployed import seen
from serverless_course.exercises.feedback import Feedback, Right

# It tells all that it knows, as a function under repair may.
TELLS = """
import os


def handler(event, context):
    print(event, dict(os.environ))
    kept = {name: os.environ[name] for name in ("SIGNING_KEY", "PLAIN", "AWS_SECRET_ACCESS_KEY")}
    return {"asked": event, "kept": kept, "session": os.environ["AWS_SESSION_TOKEN"]}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COURSE_STATE_DIR", str(tmp_path / "state"))
    (tmp_path / "functions" / "tells").mkdir(parents=True)
    (tmp_path / "functions" / "tells" / "index.py").write_text(TELLS)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_solved_page_is_on_a_certificate_that_verifies(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lab = Lab("00-start-here")
    function = lab.deploy("tells", environment={"SIGNING_KEY": "k", "PLAIN": "p"})
    lab.predict("a cold start takes", seconds=3)
    run = lab.invoke(function, {"n": 1})
    lab.compare("a cold start takes", milliseconds=run.billed_ms)
    assert lab.check("billed", answer=run.billed_ms).right
    lab.finish()
    done = lab.certificate(name="Ada")
    page = (folder / "certificate.html").read_text("utf-8")
    assert done.path.resolve() == folder / "certificate.html"
    assert "1 of " in str(done)
    (task,) = [each for each in evidence_in(page)["tasks"] if each["state"] == "right"]
    assert (task["lab"], task["task"], task["tries"]) == ("00-start-here", "billed", 1)
    (held,) = evidence_in(page)["predictions"]
    assert held["quantities"]["measured"] == {"value": run.billed_ms, "unit": "milliseconds"}
    assert list(evidence_in(page)["finished"]) == ["00-start-here"]
    capsys.readouterr()
    assert main(["certificate.html"]) == 0
    assert "1 of " in capsys.readouterr().out


def test_no_secret_of_a_run_is_on_the_certificate(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab = Lab("00-start-here")
    signing, plain, stored, asked = (token_urlsafe(24) for _ in range(4))
    document = json.dumps({"user": "shop", "word": stored})
    lab.client("secretsmanager").create_secret(
        Name=lab.name("db", kind="secretsmanager:secret"), SecretString=document
    )
    function = lab.deploy("tells", environment={"SIGNING_KEY": signing, "PLAIN": plain})
    own = lab.client("sts").get_caller_identity()["Account"]
    ids: list[str] = []

    def looks(checked: CheckedLab, _: Any) -> Feedback:
        """Tells what the function told, in each way that checks do."""
        run = checked.invoke(function, {"word": stored, "password": asked})
        ids.append(run.request_id)
        told = str(run.payload)
        found = checked.client("secretsmanager").get_secret_value(SecretId=lab.name("db"))
        coded = base64.b64encode(stored.encode()).decode()
        arn = checked.client("lambda").get_function(FunctionName=function.name)["Configuration"]
        cut = [told[:at] for at in range(20, len(told), 7)]
        lines = [seen(run), told, json.dumps(run.payload), coded, str(found), str(arn), *cut]
        return Right("Yes.", evidence=[*lines, f"{told}", f"sold at {plain[:12]}"])

    task = replace(lab._tasks["billed"], check=looks)
    monkeypatch.setitem(lab._tasks, "billed", task)
    verdict = lab.check("billed", answer=1)
    told = lab.invoke(function, {}).payload
    lab.certificate()
    page = (folder / "certificate.html").read_text("utf-8")
    kept = (folder / "state" / "progress.json").read_text("utf-8")
    lab.finish()
    assert ids[0] in page
    assert "'asked'" in page.replace("&#x27;", "'")
    runtime_keys = told["kept"]["AWS_SECRET_ACCESS_KEY"], told["session"]
    for secret in (signing, plain, stored, asked, document, *runtime_keys):
        for text in (page, kept, str(verdict.evidence)):
            assert secret not in text
            assert secret[:8] not in text
    assert f":{own}:" not in page
    assert main(["certificate.html"]) == 0
