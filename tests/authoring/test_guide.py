"""What content/README.md shows an author keeps the rules."""

import re

from sample_course import CHECKOUT

from serverless_course.authoring.rules import problems
from serverless_course.authoring.source import parse_source
from serverless_course.authoring.task import tasks_of


def test_the_task_in_the_guide_keeps_the_rules(tmp_path):
    guide = (CHECKOUT / "content/README.md").read_text(encoding="utf-8")
    (example,) = [
        block
        for block in re.findall(r"```python\n(.*?)```", guide, flags=re.DOTALL)
        if 'role="answer"' in block
    ]
    title = '# %% [markdown] id="title"\n# # A lab\n\n'
    source = parse_source(tmp_path / "12-guide/lab.py", title + example)
    assert problems(source) == []
    (task,) = tasks_of(source)
    assert (task.title, task.starter) == ("The cheapest memory size", "cheapest = ...")
