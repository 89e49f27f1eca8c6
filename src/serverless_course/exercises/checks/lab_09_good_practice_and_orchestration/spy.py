"""A handler around a learner's: it tells which modules, files and calls one event took."""

SPY = """
import importlib, os, sys

OPENED, CALLS = {}, []
LAYERS = os.environ.get("LAMBDA_OPT_DIR", "/opt")
PLACES = ("/opt", LAYERS, os.environ["LAMBDA_TASK_ROOT"])


def heard(event, args):
    if event == "open" and isinstance(args[0], str) and args[0].startswith(PLACES):
        if os.path.basename(args[0]).partition(".")[0] != "spy":
            try:
                OPENED[args[0]] = os.path.getsize(args[0])
            except OSError:
                pass


def count_calls():
    import botocore.client

    plain = botocore.client.BaseClient._make_api_call

    def counted(self, operation, parameters):
        CALLS.append(operation)
        return plain(self, operation, parameters)

    botocore.client.BaseClient._make_api_call = counted


sys.addaudithook(heard)
if os.environ.get("SPY_CALLS"):
    count_calls()
learners = getattr(importlib.import_module(os.environ["SPIED_MODULE"]), os.environ["SPIED_HANDLER"])


def handler(event, context):
    answer = learners(event, context)
    modules = [name for name in ("boto3", "botocore", "requests") if name in sys.modules]
    read = sum(OPENED.values())
    return {"answer": answer, "modules": modules, "read_bytes": read, "calls": CALLS}
"""
