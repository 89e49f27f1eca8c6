import pytest

from serverless_course.authoring.region import RegionError, solved, unsolved

ANSWER = """\
import math
### BEGIN SOLUTION
size = math.ceil(3.2)
### STARTER
# # Round up.
# size = ...
### END SOLUTION
print(size)"""


def test_the_solution_keeps_the_region_and_loses_markers_and_starter():
    assert solved(ANSWER) == "import math\nsize = math.ceil(3.2)\nprint(size)"


def test_the_lab_shows_the_starter_one_comment_sign_less():
    assert unsolved(ANSWER) == "import math\n# Round up.\nsize = ...\nprint(size)"


def test_without_a_starter_the_lab_shows_where_the_code_goes():
    text = "def f():\n    ### BEGIN SOLUTION\n    return 1\n    ### END SOLUTION"
    assert solved(text) == "def f():\n    return 1"
    assert unsolved(text) == "def f():\n    # Your code here."


def test_an_indented_starter_keeps_its_depth():
    text = (
        "def f(x):\n    ### BEGIN SOLUTION\n    return x\n    ### STARTER\n"
        "    # if x:\n    #     ...\n    ### END SOLUTION"
    )
    assert unsolved(text) == "def f(x):\n    if x:\n        ..."


def test_two_regions_in_one_cell():
    text = (
        "### BEGIN SOLUTION\na = 1\n### END SOLUTION\nmiddle = 0\n"
        "### BEGIN SOLUTION\nb = 2\n### END SOLUTION"
    )
    assert solved(text) == "a = 1\nmiddle = 0\nb = 2"
    assert "a = 1" not in unsolved(text)
    assert "b = 2" not in unsolved(text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a = 1", "needs its solution between"),
        ("### BEGIN SOLUTION\na = 1", "no '### END SOLUTION' below"),
        ("a = 1\n### END SOLUTION", "without '### BEGIN SOLUTION'"),
        ("### STARTER\n# a\n### BEGIN SOLUTION\n### END SOLUTION", "must stand once"),
        ("### BEGIN SOLUTION\n### BEGIN SOLUTION\n### END SOLUTION", "a second"),
    ],
)
def test_markers_out_of_order_are_told(text, told):
    with pytest.raises(RegionError, match=told):
        solved(text)


def test_a_starter_line_that_is_no_comment_is_told():
    with pytest.raises(RegionError, match="is no comment"):
        unsolved("### BEGIN SOLUTION\na = 1\n### STARTER\na = ...\n### END SOLUTION")
