"""Answers that are functions: called by a check with inputs that it makes itself."""

import inspect
from collections.abc import Callable
from typing import Any

from serverless_course.exercises.feedback import NotYet
from serverless_course.exercises.inputs import number_wanted, real, shown


def function_of(
    answer: Any, name: str, form: str, *, arguments: int | None = None
) -> Callable[..., Any]:
    """The answer, if it can be called; `form` shows how it is written: ``is_cold(log)``.

    `arguments`: with how many it is called; without it, nobody looks at that.
    """
    if not callable(answer):
        raise NotYet(
            f"The answer is the function itself, without parentheses: `answer={name}`.",
            expected=f"a function {form}",
            got=shown(answer),
            next_step="Give the check the function, and not what it returned.",
        )
    called: Callable[..., Any] = answer
    if arguments is not None and not _takes(called, arguments):
        raise NotYet(
            f"`{name}` is called as `{form}`, and yours takes other arguments.",
            expected=f"a function {form}",
            got=f"{name}{inspect.signature(called)}",
        )
    return called


def _takes(function: Callable[..., Any], number: int) -> bool:
    """Whether a function can be called with so many arguments; True when nobody can tell."""
    try:
        inspect.signature(function).bind(*range(number))
    except TypeError:
        return False
    except ValueError:
        # A function of C may have no signature.
        return True
    return True


def given_back(what: str, value: Any) -> float:
    """The number that a learner's function returned; `NotYet` when it is none."""
    number = real(value)
    if number is None:
        raise NotYet(f"{number_wanted(what, value)}{return_missing(value)}", got=shown(value))
    return number


def return_missing(value: Any) -> str:
    """A question to add when a learner's function gave nothing back; else ""."""
    return " Is the `return` missing?" if value is None else ""
