"""How far an execution is, so that a redrive goes on from its unsuccessful states.

Source: AWS Step Functions Developer Guide, "Restarting state machine executions with redrive" (read
2026-11): a state is unsuccessful when it was entered and not exited; of a Parallel or an inline Map
state only the branches and iterations that failed or aborted run again; a Fail state is entered
again. That no other state is entered twice in the history follows from it.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .repair import replace

ASL = "localstack.services.stepfunctions.asl"
STATE = f"{ASL}.component.state"
MAP = f"{STATE}.state_execution.state_map.iteration"


@dataclass
class Progress:
    """How far a machine is, or a branch, or an iteration: its state, with the input and variables
    that it was entered with. ``parts`` are the branches or iterations of this attempt at the state,
    ``earlier`` those of the attempt before a redrive."""

    state: str = ""
    given: Any = None
    variables: dict[str, Any] = field(default_factory=dict)
    ended: bool = False
    output: Any = None
    parts: dict[int, Progress] = field(default_factory=dict)
    earlier: dict[int, Progress] = field(default_factory=dict)
    map_run: bool = False

    def enter(self, state: str, given: Any, variables: dict[str, Any]) -> None:
        """A state is entered."""
        self.state, self.given, self.variables = state, given, variables
        self.parts, self.earlier, self.map_run = {}, {}, False

    def attempt(self) -> None:
        """The branches or iterations of the state begin: once, or again after a Retry."""
        self.parts, self.earlier = self.earlier, {}

    def take_up(self, *, all_parts: bool = False) -> None:
        """A redrive: what has not ended goes on. ``all_parts`` runs ended parts again, too."""
        self.earlier, self.parts = {} if all_parts else self.parts, {}
        for part in self.earlier.values():
            part.take_up()

    def in_map_run(self) -> bool:
        """Whether it stands in a distributed Map state whose Map Run was started."""
        return self.map_run or any(
            part.in_map_run() for part in self.parts.values() if not part.ended
        )


def install() -> None:
    """Let the interpreter note its progress. It must be loaded."""
    replace(_part_of("eval.environment", "Environment"), "open_frame", _inside)
    replace(_part_of("eval.environment", "Environment"), "open_inner_frame", _inside)
    replace(_part_of("component.program.program", "Program"), "_eval_body", _program)
    state = _part_of("component.state.state", "CommonStateField")
    replace(state, "_eval_body", _state)
    replace(state, "_set_next", _ending)
    parallel = importlib.import_module(f"{STATE}.state_execution.state_parallel.branches_decl")
    replace(parallel.BranchesDecl, "_eval_body", _branches)
    inline = importlib.import_module(f"{MAP}.inline_iteration_component")
    replace(inline.InlineIterationComponent, "_eval_body", _iterations)
    distributed = importlib.import_module(f"{MAP}.distributed_iteration_component")
    replace(distributed.DistributedIterationComponent, "_eval_body", _map_run)
    worker = importlib.import_module(f"{MAP}.iteration_worker")
    replace(worker.IterationWorker, "_eval_job", _iteration)


def entered_before(context: Any, event_type: Any) -> bool:
    """Whether an event tells of entering a state that the history has as entered already."""
    if not getattr(context, "entered_before", False):
        return False
    context.entered_before = False
    return not str(event_type).endswith("FailStateEntered")


def _part_of(module: str, name: str) -> Any:
    return getattr(importlib.import_module(f"{ASL}.{module}"), name)


def _nearest(env: Any) -> Progress | None:
    """The progress of the machine, branch or iteration that an environment is in."""
    while env is not None:
        found: Progress | None = getattr(env, "progress", None)
        if found is not None:
            return found
        env = getattr(env, "outer", None)
    return None


def _inside(known: Any) -> Any:
    def open_frame(self: Any, *given: Any, **named: Any) -> Any:
        frame = known(self, *given, **named)
        frame.outer = self
        return frame

    return open_frame


def _program(known: Any) -> Any:
    def eval_body(self: Any, env: Any) -> None:
        progress = _of_program(self, env)
        env.progress = progress
        if progress.ended:
            env.states.reset(progress.output)
            env.set_ended()
        elif progress.state:
            env.next_state_name = progress.state
            env.states.reset(progress.given)
            for name, value in progress.variables.items():
                env.variable_store.set(name, value)
            env.variable_store.reset_tracing()
            env.event_history_context.entered_before = True
        known(self, env)

    return eval_body


def _of_program(program: Any, env: Any) -> Progress:
    whole = getattr(env, "progress", None)
    if isinstance(whole, Progress):
        return whole
    around = _nearest(env)
    if around is None:
        return Progress()
    number = getattr(env, "number", None)
    key = getattr(program, "number", 0) if number is None else number
    return around.parts.setdefault(key, Progress())


def _state(known: Any) -> Any:
    def eval_body(self: Any, env: Any) -> None:
        progress = getattr(env, "progress", None)
        if progress is not None and not getattr(env.event_history_context, "entered_before", False):
            variables = dict(env.variable_store._inner_scope)
            progress.enter(self.name, env.states.get_input(), variables)
        known(self, env)

    return eval_body


def _ending(known: Any) -> Any:
    def set_next(self: Any, env: Any) -> None:
        last = env.next_state_name == self.name and _is_last(self)
        known(self, env)
        progress = getattr(env, "progress", None)
        if last and progress is not None:
            progress.output, progress.ended = env.states.get_input(), True

    return set_next


def _is_last(state: Any) -> bool:
    from localstack.services.stepfunctions.asl.component.state.state_continue_with import (  # noqa: PLC0415
        ContinueWithEnd,
    )

    return isinstance(state.continue_with, ContinueWithEnd)


def _attempt(before: Callable[[Any, Progress], None]) -> Callable[[Any], Any]:
    def make(known: Any) -> Any:
        def eval_body(self: Any, env: Any) -> None:
            progress = _nearest(env)
            if progress is not None:
                before(self, progress)
            known(self, env)

        return eval_body

    return make


def _begin_branches(branches: Any, progress: Progress) -> None:
    progress.attempt()
    for number, program in enumerate(branches.programs):
        program.number = number


def _begin_map_run(_: Any, progress: Progress) -> None:
    progress.attempt()
    progress.map_run = True


_branches = _attempt(_begin_branches)
_iterations = _attempt(lambda _, progress: progress.attempt())
_map_run = _attempt(_begin_map_run)


def _iteration(known: Any) -> Any:
    """An iteration that has ended before a redrive is not run again."""

    def eval_job(self: Any, env: Any, job: Any) -> None:
        env.number = job.job_index
        around = _nearest(env)
        part = around.parts.get(job.job_index) if around is not None else None
        if part is not None and part.ended:
            job.job_output = part.output
        else:
            known(self, env, job)

    return eval_job
