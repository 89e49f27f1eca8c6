"""Whose error is it: the learner's code, the environment, or the check itself?"""

import linecache
import traceback
from types import FrameType

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    HTTPClientError,
    NoCredentialsError,
    PartialCredentialsError,
)
from botocore.exceptions import (
    ConnectionError as BotocoreConnectionError,
)

from serverless_course.aws.embedded import EmbeddedCloudError
from serverless_course.aws.ledger import StateError
from serverless_course.aws.ownership import ForeignResource
from serverless_course.exercises.feedback import CodeError, EnvironmentProblem, Feedback, NotYet
from serverless_course.exercises.time_limit import TimeLimitReached
from serverless_course.functions.function import NotDeployed
from serverless_course.functions.loan import NotRestored

RESTART = (
    "Restart the kernel (menu Kernel, Restart Kernel) and run the notebook from the top: "
    "that starts the cloud again. Your progress is kept."
)

# Codes that say that the caller, not the request, is the problem. The names are AWS's.
CALLER_CODES = {
    "AccessDeniedException",
    "AccessDenied",
    "ExpiredToken",
    "ExpiredTokenException",
    "IncompleteSignature",
    "IncompleteSignatureException",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "MissingAuthenticationTokenException",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
}
MISSING_CODES = {"ResourceNotFoundException", "NoSuchEntity", "NoSuchBucket", "NoSuchKey"}


def explain(error: BaseException, answer: object, time_limit_s: float) -> Feedback:
    """Turn an exception that left a check into feedback.

    The learner is named only when a line of theirs was running. A connection that fails is the
    environment's problem even then. An error in the check itself is a bug in the course, and
    says so.
    """
    line = learners_line(error, answer)
    if isinstance(error, TimeLimitReached):
        return _too_long(line, time_limit_s)
    known = _unreachable(error) or _refused(error)
    if known is not None:
        return known
    if line is not None:
        return CodeError(
            f"Your code raised {last_line(error)}",
            got=_show(line),
            next_step="Fix that line, run its cell, then check again.",
        )
    if isinstance(error, BotoCoreError | ClientError):
        return EnvironmentProblem(
            "The cloud refused a call of this check. Your answer was not judged.",
            evidence=[last_line(error)],
            next_step=RESTART,
        )
    return EnvironmentProblem(
        "This check stopped with an error. This is a bug in the course, not in your answer; "
        "your answer was not judged.",
        evidence=[last_line(error), *_places(error)],
        next_step="Go on with the next task, and please report the lines under "
        "“What this check looked at”.",
    )


def _unreachable(error: BaseException) -> Feedback | None:
    if isinstance(error, EmbeddedCloudError):
        return EnvironmentProblem(
            "The cloud does not answer. Your answer was not judged.",
            next_step=f"{error} Then run the cells down to this one.",
        )
    if isinstance(error, StateError | ForeignResource):
        return EnvironmentProblem("Your answer was not judged.", next_step=str(error))
    if isinstance(error, NotRestored):
        return EnvironmentProblem("Your answer was not judged.", next_step=str(error))
    if isinstance(error, HTTPClientError | BotocoreConnectionError | ConnectionError):
        return EnvironmentProblem(
            "The cloud does not answer. Your answer was not judged.",
            evidence=[last_line(error)],
            next_step=RESTART,
        )
    if isinstance(error, NoCredentialsError | PartialCredentialsError):
        return EnvironmentProblem(
            "There are no credentials to call AWS with. Your answer was not judged.",
            evidence=[last_line(error)],
            next_step="Set up your AWS credentials, or unset COURSE_TARGET to use the embedded "
            "cloud. Then restart the kernel.",
        )
    return None


def _too_long(line: tuple[int, str] | None, time_limit_s: float) -> Feedback:
    if line is not None:
        return CodeError(
            f"Your code was still running after {time_limit_s:g} s, so the check stopped it.",
            got=_show(line),
            next_step="Look for a loop that does not end, or a wait that is too long.",
        )
    return EnvironmentProblem(
        f"The check took longer than {time_limit_s:g} s, so it was stopped. "
        "Your answer was not judged.",
        next_step="Close programs that keep the CPU busy, then check again. If it happens a "
        "second time: " + RESTART,
    )


def _show(line: tuple[int, str]) -> str:
    return f"line {line[0]}: `{line[1]}`" if line[1] else f"line {line[0]}"


def _refused(error: BaseException) -> Feedback | None:
    if isinstance(error, NotDeployed):
        return _missing(error)
    if not isinstance(error, ClientError):
        return None
    code = error.response.get("Error", {}).get("Code", "")
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in CALLER_CODES:
        return EnvironmentProblem(
            f"The cloud refused the call `{error.operation_name}`: {code}. "
            "Your answer was not judged.",
            evidence=[last_line(error)],
            next_step="On your own AWS account: look at the credentials and the policy of your "
            "user. On the embedded cloud: restart the kernel and run from the top.",
        )
    if code in MISSING_CODES:
        return _missing(error)
    if status >= 500 or code in {"ThrottlingException", "TooManyRequestsException"}:
        return EnvironmentProblem(
            f"The cloud could not answer `{error.operation_name}`: {code}. "
            "Your answer was not judged.",
            evidence=[last_line(error)],
            next_step="Wait some seconds and check again. If it happens a second time: " + RESTART,
        )
    return None


def _missing(error: BaseException) -> Feedback:
    return NotYet(
        "The check looked for something that is not there.",
        evidence=[last_line(error)],
        next_step="Run the cells above this one: one of them makes what the check looked for. "
        "After a restart of the kernel, run the notebook from the top.",
    )


def learners_line(error: BaseException, answer: object) -> tuple[int, str] | None:
    """Number and text of the innermost line of the learner's that `error` passed through.

    Lines are the learner's when they stand in a notebook cell, in `__main__`, or in the file
    of the function handed in as the answer.
    """
    answer_code = getattr(answer, "__code__", None)
    answers_file = None
    found = None
    for frame, number in traceback.walk_tb(error.__traceback__):
        filename = frame.f_code.co_filename
        if answer_code is not None and frame.f_code is answer_code:
            answers_file = filename
        if _in_cell(frame) or filename == answers_file:
            found = (number, linecache.getline(filename, number).strip())
    return found


def _in_cell(frame: FrameType) -> bool:
    filename = frame.f_code.co_filename
    return frame.f_globals.get("__name__") == "__main__" and (
        "ipykernel_" in filename or filename.startswith("<ipython-input")
    )


def last_line(error: BaseException) -> str:
    """`ValueError: text`, on one line."""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _places(error: BaseException) -> list[str]:
    """File name and line of the innermost places, without the folders of this machine."""
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    return [f"{f.filename.rsplit('/', 1)[-1]}, line {f.lineno}, in {f.name}" for f in frames]
