import sys

import pytest

from serverless_course.functions.source import SourceError, check_source

RUNTIME = f"python{sys.version_info.major}.{sys.version_info.minor}"
HANDLER = "lambda_function.lambda_handler"

GOOD = [
    "def lambda_handler(event, context): pass",
    "async def lambda_handler(event, context): pass",
    "class lambda_handler: pass",
    "lambda_handler = make()",
    "lambda_handler: object = make()",
    "from core import lambda_handler",
    "from core import main as lambda_handler",
    "from core import *",
    "try:\n    from fast import lambda_handler\nexcept ImportError:\n    pass",
    "try:\n    pass\nexcept ImportError:\n    from slow import lambda_handler",
    "if True:\n    pass\nelse:\n    def lambda_handler(e, c): pass",
    "match 1:\n    case 1:\n        def lambda_handler(e, c): pass",
    "other, (lambda_handler, third) = make()",
    "globals().update(lambda_handler=print)",
]


@pytest.mark.parametrize("text", GOOD)
def test_every_way_to_define_a_handler_is_found(tmp_path, text):
    (tmp_path / "lambda_function.py").write_text(text)
    check_source(tmp_path, HANDLER, RUNTIME)


@pytest.mark.parametrize(
    "text",
    [
        "def handler(event, context): pass",
        "def outer():\n    def lambda_handler(e, c): pass",
        "class A:\n    def lambda_handler(self, e, c): pass",
        "def f():\n    lambda_handler = 1",
        "print(lambda_handler)",
        "",
    ],
)
def test_a_handler_that_is_not_there_is_named(tmp_path, text):
    (tmp_path / "lambda_function.py").write_text(text)
    with pytest.raises(SourceError, match="does not define 'lambda_handler'"):
        check_source(tmp_path, HANDLER, RUNTIME)


def test_the_functions_that_are_there_are_listed(tmp_path):
    (tmp_path / "lambda_function.py").write_text("def handler(e, c): pass\ndef main(): pass\n")
    with pytest.raises(SourceError, match="It defines handler, main"):
        check_source(tmp_path, HANDLER, RUNTIME)


@pytest.mark.parametrize("name", ["lambda_function.py", "helper.py"])
def test_a_syntax_error_is_shown_with_its_line(tmp_path, name):
    (tmp_path / "lambda_function.py").write_text("def lambda_handler(e, c): pass")
    (tmp_path / name).write_text("x = 1\ndef broken(:\n    pass\n")
    with pytest.raises(SourceError) as caught:
        check_source(tmp_path, HANDLER, RUNTIME)
    assert f"{name}, line 2" in str(caught.value)
    assert "def broken(:" in str(caught.value)
    assert "Nothing was deployed" in str(caught.value)


def test_a_null_byte_is_no_source(tmp_path):
    (tmp_path / "lambda_function.py").write_bytes(b"x = 1\0")
    with pytest.raises(SourceError, match=r"lambda_function\.py"):
        check_source(tmp_path, HANDLER, RUNTIME)


def test_newer_grammar_is_left_to_the_newer_runtime(tmp_path):
    (tmp_path / "lambda_function.py").write_text("this is grammar of the future")
    check_source(tmp_path, HANDLER, f"python3.{sys.version_info.minor + 1}")


def test_a_missing_file_is_told_with_what_is_there(tmp_path):
    (tmp_path / "app.py").write_text("")
    with pytest.raises(SourceError, match=r"needs the file lambda_function\.py.*holds app\.py"):
        check_source(tmp_path, HANDLER, RUNTIME)


def test_a_missing_folder_and_a_handler_without_a_dot(tmp_path):
    with pytest.raises(SourceError, match="no folder"):
        check_source(tmp_path / "none", HANDLER, RUNTIME)
    with pytest.raises(SourceError, match="no dot"):
        check_source(tmp_path, "handler", RUNTIME)


@pytest.mark.parametrize("handler", ["pkg/app.run", "pkg.app.run", "pkg.run"])
def test_a_handler_in_a_package(tmp_path, handler):
    (tmp_path / "pkg").mkdir()
    (tmp_path / "pkg" / "app.py").write_text("def run(e, c): pass")
    (tmp_path / "pkg" / "__init__.py").write_text("def run(e, c): pass")
    check_source(tmp_path, handler, RUNTIME)


def test_other_runtimes(tmp_path):
    with pytest.raises(SourceError, match="'bootstrap'"):
        check_source(tmp_path, "any", "provided.al2023")
    with pytest.raises(SourceError, match=r"index\.mjs"):
        check_source(tmp_path, "index.handler", "nodejs24.x")
    (tmp_path / "bootstrap").touch()
    (tmp_path / "index.js").touch()
    check_source(tmp_path, "any", "provided.al2023")
    check_source(tmp_path, "index.handler", "nodejs24.x")
    check_source(tmp_path, "example.Handler::run", "java25")
