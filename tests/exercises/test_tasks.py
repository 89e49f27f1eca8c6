"""Every task that a module of checks holds is one of its lab."""

import importlib
import pkgutil

import pytest

from serverless_course.exercises import checks
from serverless_course.exercises.task import Task, tasks_of

FOLDERS = [found.name for found in pkgutil.iter_modules(checks.__path__) if found.ispkg]


def test_some_labs_have_a_folder_of_checks() -> None:
    assert len(FOLDERS) >= 4


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_task_of_a_folder_is_forgotten(folder: str) -> None:
    package = importlib.import_module(f"{checks.__name__}.{folder}")
    modules = [
        importlib.import_module(f"{package.__name__}.{found.name}")
        for found in pkgutil.iter_modules(package.__path__)
    ]
    held = {item.name for module in modules for item in vars(module).values() if type(item) is Task}
    found = tasks_of(folder.removeprefix("lab_").replace("_", "-"))
    assert set(found) == held
    assert [task.name for task in found.values()] == list(found)
    assert len(package.TASKS) == len(found)
