"""Import a module by its name, and tell where it came from."""

import importlib
import sys


def handler(event, context):
    """The value in the module that the event names, its file, and where Python looks for modules."""
    module = importlib.import_module(event["module"])
    return {"value": module.VALUE, "file": module.__file__, "path": sys.path}
