"""The kernels of a JupyterLab share one cloud, which survives a kernel and ends with JupyterLab."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from jupyterlab import JupyterLab, Kernel

from serverless_course.waiting import until

LAB_04, LESSON_04 = "labs/04-memory-tuning/lab.ipynb", "notebooks/04-memory-tuning.ipynb"
LESSON_07 = "notebooks/07-failures-and-dlq.ipynb"
OPEN = "from serverless_course import Lab\nlab = Lab({!r})"
MAKE = """
queue = lab.client("sqs").create_queue(QueueName=lab.name({!r}, kind="sqs:queue"))["QueueUrl"]
"""
LIST = """
found = lab.client("sqs").list_queues().get("QueueUrls", [])
print(*(url.rpartition("/")[2] for url in found))
"""


@pytest.fixture(scope="module")
def jupyter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterLab]:
    running = JupyterLab(tmp_path_factory.mktemp("a course") / "my state")
    yield running
    running.stop()


Open = Callable[[str, str], Kernel]


@pytest.fixture
def page(jupyter: JupyterLab) -> Iterator[Open]:
    opened: list[Kernel] = []

    def open_page(path: str, slug: str) -> Kernel:
        kernel = jupyter.kernel(path)
        opened.append(kernel)
        assert kernel.run("print('ready')").text == "ready\n"
        return kernel

    yield open_page
    for kernel in opened:
        kernel.run("lab.finish()")
        kernel.close()


def server_of(jupyter: JupyterLab) -> psutil.Process:
    (path,) = (jupyter.state / "clouds").glob("*.json")
    return psutil.Process(json.loads(path.read_text())["ready"]["pid"])


def test_a_restarted_kernel_goes_on_in_its_cloud(jupyter: JupyterLab, page: Open) -> None:
    kernel = page(LAB_04, "04-memory-tuning")
    assert (
        "New cloud: nothing is deployed in it" in kernel.run(OPEN.format("04-memory-tuning")).text
    )
    assert "Opened again" in kernel.run(OPEN.format("04-memory-tuning")).text
    assert kernel.run(MAKE.format("kept")).error == ""
    server = server_of(jupyter)
    kernel.restart()
    lost = kernel.run("lab.invoke('primes')")
    assert lost.error == "NameError: name 'lab' is not defined"
    assert "lab is not known to this kernel" in lost.warnings
    assert "Run All Above" in lost.warnings
    assert "This cloud goes on" in kernel.run(OPEN.format("04-memory-tuning")).text
    assert kernel.run(LIST).text == "course-04-memory-tuning-kept\n"
    assert server_of(jupyter) == server
    done = kernel.run("done = lab.finish()\nprint(done.clean, done.remaining)")
    assert "True 0" in done.text
    assert kernel.run(LIST).text == "\n"
    kernel.restart()
    assert "Nothing of this page is deployed" in kernel.run(OPEN.format("04-memory-tuning")).text


def test_lesson_and_lab_are_in_one_cloud_and_finish_leaves_other_pages_alone(page: Open) -> None:
    lab, lesson = page(LAB_04, "04-memory-tuning"), page(LESSON_04, "04-memory-tuning")
    other = page(LESSON_07, "07-failures-and-dlq")
    for kernel, slug in ((lab, "04-memory-tuning"), (other, "07-failures-and-dlq")):
        kernel.run(OPEN.format(slug))
        assert kernel.run(MAKE.format("mine")).error == ""
    assert "This cloud goes on" in lesson.run(OPEN.format("04-memory-tuning")).text
    names = "course-04-memory-tuning-mine course-07-failures-and-dlq-mine\n"
    assert lesson.run(LIST).text == names
    assert lesson.run(MAKE.format("second")).error == ""
    # A page's finish takes what its slug made here, whichever of its two notebooks did.
    done = lab.run("done = lab.finish()\nprint(done.text)\nprint(done.clean, done.remaining)")
    assert "True 0" in done.text
    assert "2 SQS queues (mine, second)" in done.text
    assert other.run(LIST).text == "course-07-failures-and-dlq-mine\n"
    assert "True 0" in other.run("done = lab.finish()\nprint(done.clean, done.remaining)").text


def test_a_server_that_was_killed_is_told_and_replaced(jupyter: JupyterLab, page: Open) -> None:
    kernel, beside = page(LAB_04, "04-memory-tuning"), page(LESSON_04, "04-memory-tuning")
    for each in (kernel, beside):
        each.run(OPEN.format("04-memory-tuning"))
    assert kernel.run(MAKE.format("lost")).error == ""
    server = server_of(jupyter)
    server.kill()
    for each in (kernel, beside):
        assert "The embedded cloud has stopped. Run the first cell again" in each.run(LIST).error
    again = kernel.run(OPEN.format("04-memory-tuning")).text
    assert "New cloud: the one before has ended, and what you deployed in it is gone" in again
    assert server_of(jupyter) != server
    gone = kernel.run("lab.client('sqs').get_queue_attributes(QueueUrl=queue)")
    assert "NonExistentQueue" in gone.error
    assert "This kernel has started a new cloud" in gone.warnings
    assert "New cloud: the one before" in beside.run(OPEN.format("04-memory-tuning")).text
    assert "in a new cloud, run the page from the top" in beside.run("lab.invoke('primes')").error


def test_a_script_in_a_kernel_of_another_parent_has_a_cloud_of_its_own(
    jupyter: JupyterLab, page: Open
) -> None:
    """What nbconvert, nbval or a build starts from JupyterLab leaves the learner's cloud alone."""
    kernel = page(LAB_04, "04-memory-tuning")
    kernel.run(OPEN.format("04-memory-tuning"))
    found = kernel.run(
        "import os, subprocess, sys\n"
        "code = '''from serverless_course.aws.cloud import connect\n"
        "print(connect().is_shared)'''\n"
        "for parent in (os.environ['JPY_PARENT_PID'], str(os.getpid())):\n"
        "    env = os.environ | {'JPY_PARENT_PID': parent}\n"
        "    command = [sys.executable, '-c', code]\n"
        "    print(subprocess.run(command, env=env, capture_output=True, text=True).stdout)"
    )
    assert found.text.split() == ["True", "False"]


def test_the_cloud_ends_with_jupyterlab(tmp_path: Path) -> None:
    jupyter = JupyterLab(tmp_path / "state")
    kernel = jupyter.kernel(LAB_04)
    try:
        kernel.run(OPEN.format("04-memory-tuning"))
        server = server_of(jupyter)
        assert kernel.run(MAKE.format("last")).error == ""
        kernel.close()
    finally:
        jupyter.stop()
    assert until(lambda: not server.is_running(), 30)


def test_the_cloud_ends_when_jupyterlab_is_killed(tmp_path: Path) -> None:
    jupyter = JupyterLab(tmp_path / "state")
    kernel = jupyter.kernel(LAB_04)
    kernel.run(OPEN.format("04-memory-tuning"))
    server = server_of(jupyter)
    kernel.close()
    os.kill(jupyter.process.pid, signal.SIGKILL)
    jupyter.process.wait(60)
    assert until(lambda: not server.is_running(), 30)
    jupyter.stop()
