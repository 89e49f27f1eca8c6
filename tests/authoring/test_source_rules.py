"""Each rule of a source, broken once: the message names the file, the cell and what to do."""

import ast
import re

import pytest
from sample_course import CHECKOUT, LAB, LESSON, change, copy_samples

from serverless_course.authoring.rules import read_source
from serverless_course.authoring.source import Form, SourceError, find_sources

LESSON_BREAKS = [
    ('id="changes-check"', 'id="changes"', "2 cells have the id 'changes'"),
    (' id="changes-check"', "", "cell that begins 'assert took_s >= 0': add an id"),
    ('id="changes-check"', 'id="Changes check"', "cell 'Changes check': write the id with"),
    ('id="changes-check"', 'id="changes-check" colour="red"', "'colour' is no key"),
    ('["measured"]', '["slow"]', "cell 'changes': the tag 'slow' is unknown"),
    ('id="changes-check"', 'id="changes-check" role="quiz"', "the role 'quiz' is unknown"),
    ('id="changes-check"', 'id="changes-check" says="no"', "says=… needs a role"),
    ('id="changes-check"', 'id="changes-check" role="check" task="t"', "task 't': 0 answer cells"),
    ("assert took_s >= 0", "", "cell 'changes-check': the cell is empty"),
    ("assert took_s >= 0", "took_s +", "the code is not valid Python"),
    ("assert took_s >= 0", "x = 1\n" * 21, "21 lines of code (20 at most in a lesson)"),
    ("assert took_s >= 0", "x = '" + "x" * 100 + "'", "a line has 106 characters"),
    ("assert took_s >= 0", "### STARTER", "only an answer has a solution region"),
    ("# # A sample lesson", "# A sample lesson", "first line is the title"),
    ('[markdown] id="title"', '[raw] id="title"', "a raw cell has no place"),
    ('[markdown] id="title"', '[markdown] id="title" tags=["measured"]', "tags belong to code"),
]

LAB_BREAKS = [
    ("### BEGIN SOLUTION\neven = 4096", "even = 4096", "'### STARTER' must stand once"),
    (
        "### BEGIN SOLUTION\neven = 4096\n### STARTER\n# even = ...\n### END SOLUTION",
        "even = 4096",
        "cell 'even-answer': an answer needs its solution between",
    ),
    ("# even = ...", "# even = 4096", "the starter is the solution"),
    ("# even = ...", "# even = (", "the starter (see '### STARTER') is not valid Python"),
    ('id="even-hint-1" role="hint" task="even"', 'id="even-hint-1"', "task 'even': 1 hints (2 at"),
    (
        '# %% id="even-wrong-odd" role="wrong" task="even" name="odd" says="3 is odd"\neven = 3\n',
        "",
        "task 'even': 1 wrong answers (2 at least)",
    ),
    ('id="even-check" role="check" task="even"', 'id="even-check"', "task 'even': no check"),
    ('says="3 is odd"', 'says=""', "cell 'even-wrong-odd': say what the verdict must tell"),
    ('says="3 is odd"', 'says="3" state="wrong"', "state is one of: not yet right"),
    ('name="odd" ', "", "cell 'even-wrong-odd': name the wrong answer"),
    ('name="odd"', 'name="text"', "task 'even': 2 wrong answers have the name 'text'"),
    ('role="check" task="even"', 'role="check"', "which task this check belongs to"),
    ('role="check" task="even"', 'role="check" task="even" name="n"', "belong to wrong answers"),
    ('[markdown] id="even-hint-1"', 'id="even-hint-1"', "a hint is a markdown cell"),
    ('role="answer" task="double"', 'role="answer" task="even"', "2 answer cells (exactly one)"),
    (' changes="double"', "", "functions.solved/double belongs to no task"),
    ('changes="double"', 'changes="double other"', "add the folder functions.solved/other"),
    ('role="check" task="even"', 'role="check" task="even" changes="double"', "move it there"),
]


def complaint(path):
    with pytest.raises(SourceError) as caught:
        read_source(path)
    text = str(caught.value)
    assert all(line.startswith(str(path)) for line in text.splitlines())
    return text


@pytest.mark.parametrize(("old", "new", "told"), LESSON_BREAKS)
def test_a_broken_rule_in_a_lesson(tmp_path, old, new, told):
    path = copy_samples(tmp_path) / LESSON
    change(path, old, new)
    assert told in complaint(path)


@pytest.mark.parametrize(("old", "new", "told"), LAB_BREAKS)
def test_a_broken_rule_in_a_lab(tmp_path, old, new, told):
    path = copy_samples(tmp_path) / LAB
    change(path, old, new)
    assert told in complaint(path)


def test_a_complaint_names_file_line_and_cell(tmp_path):
    path = copy_samples(tmp_path) / LESSON
    change(path, '["measured"]', '["slow"]')
    line = path.read_text().splitlines().index('# %% id="changes" tags=["slow"]') + 1
    assert complaint(path).startswith(f"{path}:{line}: cell 'changes': ")


def test_all_broken_rules_are_told_at_once(tmp_path):
    path = copy_samples(tmp_path) / LESSON
    change(path, '["measured"]', '["slow"]')
    change(path, "assert took_s >= 0", "")
    assert len(complaint(path).splitlines()) == 2


def test_a_check_above_its_answer_is_told(tmp_path):
    path = copy_samples(tmp_path) / LAB
    cell = '# %% id="even-check" role="check" task="even"\nlab.check_even(even)\n\n'
    change(path, cell, "")
    change(path, '# %% id="even-answer"', cell + '# %% id="even-answer"')
    assert "a check stands above the answer" in complaint(path)


def test_tasks_may_not_overlap(tmp_path):
    path = copy_samples(tmp_path) / LAB
    cell = '# %% id="even-check" role="check" task="even"\nlab.check_even(even)\n\n'
    change(path, cell, "")
    change(path, '# %% id="double-check"', cell + '# %% id="double-check"')
    assert "another answer stands above its last check" in complaint(path)


def test_a_task_needs_a_heading_for_its_title(tmp_path):
    path = copy_samples(tmp_path) / LAB
    text = re.sub(r"^# #+ ", "# ", path.read_text(), flags=re.MULTILINE)
    path.write_text(text)
    assert "task 'even': no heading above its answer" in complaint(path)


def test_a_lab_without_a_task_is_told(tmp_path):
    path = copy_samples(tmp_path) / LAB
    text = path.read_text()
    path.write_text(text[: text.index('# %% [markdown] id="even"')])
    assert "a lab needs a task" in complaint(path)


def test_a_file_name_that_is_no_slug_is_told(tmp_path):
    path = copy_samples(tmp_path) / LESSON
    path = path.rename(path.with_name("Lesson.py"))
    assert "'Lesson' is no slug" in complaint(path)


def test_a_valid_source_is_read_into_typed_cells(tmp_path):
    source = read_source(copy_samples(tmp_path) / LAB)
    assert (source.slug, source.form) == ("91-sample-lab", Form.LAB)
    cells = {cell.id: cell for cell in source.cells}
    wrong = cells["even-wrong-text"]
    assert (wrong.kind, wrong.role, wrong.task) == ("code", "wrong", "even")
    assert (wrong.name, wrong.says) == ("text", "no whole number")
    assert (wrong.state, wrong.text) == ("error in your code", 'even = "two"')
    assert cells["double-answer"].changes == ("double",)


def blaming_asserts(text):
    """Asserts of a source that tell, in their message, that a machine was busy or late."""
    found = [each for each in ast.walk(ast.parse(text)) if isinstance(each, ast.Assert)]
    messages = [ast.unparse(each.msg) for each in found if each.msg is not None]
    return [each for each in messages if re.search(r"\b(busy|slow(?!-)|too late|was late)\b", each)]


@pytest.mark.parametrize("path", find_sources(CHECKOUT), ids=lambda path: path.parent.name)
def test_a_busy_machine_ends_no_cell(path):
    """A page says what was disturbed and what to do, and goes on."""
    assert blaming_asserts(path.read_text(encoding="utf-8")) == []


def test_an_assert_that_blames_the_machine_is_found():
    assert blaming_asserts('assert a > b, f"{a}: this machine was too busy"') != []
    assert blaming_asserts('if a <= b:\n    print("busy")\nassert a, "It is gone."') == []
