"""What a new lesson or lab begins as: it keeps the rules and builds as it stands."""

from __future__ import annotations

from pathlib import Path

from serverless_course.authoring.source import Form

CHECKS = Path("src/serverless_course/exercises/checks")

_LESSON = """\
# %% [markdown] id="title"
# # {title}
#
# After this lesson you can … (3 to 5 lines; 15 to 25 minutes).

# %% [markdown] id="idea"
# ## The idea
#
# Say why before the code says how. Keep the id of a cell when you change its text.

# %% id="idea-shown"
memory_mb = 1769
print(f"{{memory_mb}} MB is {{memory_mb / 1769:.1f}} vCPU")

# %% [markdown] id="see-it-happen"
# ## See it happen
#
# What changes from run to run is tagged `measured`; a check stands below it.

# %% id="measure" tags=["measured"]
import time

start = time.perf_counter()
sum(range(100_000))
took_s = time.perf_counter() - start
print(f"took {{took_s * 1000:.1f}} ms")

# %% id="measure-check"
assert took_s > 0

# %% [markdown] id="next"
# ## What to read, and next
"""

_LAB = """\
# %% [markdown] id="title"
# # {title}: the lab
#
# The story, and the goal in figures (20 to 40 minutes).

# %% id="setup" tags=["measured"]
from serverless_course import Lab

lab = Lab("{slug}")

# %% id="setup-check"
lab.name("hello")

# %% [markdown] id="vcpu"
# ## How much CPU is 1,769 MB?
#
# Say what to do, and put the answer in place of the dots.

# %% id="vcpu-answer" role="answer" task="vcpu"
### BEGIN SOLUTION
vcpus = 1769 / 1769
### STARTER
# vcpus = ...
### END SOLUTION

# %% [markdown] id="vcpu-hint-1" role="hint" task="vcpu"
# The first hint points to the place to look at.

# %% [markdown] id="vcpu-hint-2" role="hint" task="vcpu"
# The second gives one step more: Lambda gives CPU in proportion to memory.

# %% id="vcpu-wrong-megabytes" role="wrong" task="vcpu" name="megabytes" says="not megabytes"
vcpus = 1769

# %% id="vcpu-wrong-half" role="wrong" task="vcpu" name="half" says="more than that"
vcpus = 0.5

# %% id="vcpu-check" role="check" task="vcpu"
lab.check("vcpu", answer=vcpus)

# %% [markdown] id="clean-up"
# ## Clean up, and the bill

# %% id="finish" tags=["measured"]
lab.finish()

# %% [markdown] id="next"
# ## Next
"""

_CHECKS = '''\
"""Checks of the lab {slug}."""

from typing import Any

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.feedback import Feedback, NotYet, Right
from serverless_course.exercises.task import task


@task("vcpu")
def vcpu(lab: CheckedLab, answer: Any) -> Feedback:
    """1,769 MB of memory is one vCPU."""
    if answer >= 100:
        return NotYet("That is the number of MB. Give vCPUs, not megabytes.")
    if answer < 1:
        return NotYet("1,769 MB gives more than that.")
    return Right("1,769 MB is one vCPU.")
'''

_HANDLER = '''\
"""A first function."""


def handler(event, context):
    return {"hello": event.get("name", "world")}
'''


def skeleton(slug: str, form: Form) -> dict[Path, str]:
    """Return the files that a new lesson or lab begins with, by path below the checkout."""
    title = slug.partition("-")[2].replace("-", " ").capitalize()
    if form == Form.LESSON:
        return {Path("content/lessons", f"{slug}.py"): _LESSON.format(title=title)}
    folder = Path("content/labs", slug)
    return {
        folder / "lab.py": _LAB.format(title=title, slug=slug),
        folder / "functions/hello/app.py": _HANDLER,
        CHECKS / f"lab_{slug.replace('-', '_')}.py": _CHECKS.format(slug=slug),
    }


def start(root: Path, slug: str, form: Form) -> list[Path]:
    """Write the skeleton of a new lesson or lab below ``root``.

    Raises:
        FileExistsError: one of its files is there already; nothing is written.
    """
    files = skeleton(slug, form)
    for path in files:
        if (root / path).exists():
            raise FileExistsError(f"{path} is there already: edit it, or choose another name")
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return list(files)
