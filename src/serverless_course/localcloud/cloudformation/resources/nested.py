"""Stacks within stacks, what CDK writes down, and handles to wait with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .base import Made, Properties, ResourceType, Work


class NestedStack(ResourceType):
    """AWS::CloudFormation::Stack. ``deploy`` and ``remove`` are the engine's own."""

    name = "AWS::CloudFormation::Stack"
    done = frozenset({"NotificationARNs", "Parameters", "Tags", "TemplateURL", "TimeoutInMinutes"})

    def __init__(
        self,
        deploy: Callable[[Work, str, Properties], tuple[str, Mapping[str, str]]],
        remove: Callable[[Work, str], None],
    ) -> None:
        self._deploy = deploy
        self._remove = remove

    def create(self, work: Work, given: Properties) -> Made:
        """A stack of its own, until it is complete. One that fails is deleted with its parent."""
        return self._made(*self._deploy(work, "", given))

    def update(self, work: Work, made: Made, old: Properties, new: Properties) -> Made:
        """The same stack with another template or other parameters."""
        return self._made(*self._deploy(work, made.physical_id, new))

    def delete(self, work: Work, made: Made, given: Properties) -> None:
        """The stack, and what is in it."""
        self._remove(work, made.physical_id)

    @staticmethod
    def _made(stack_id: str, outputs: Mapping[str, str]) -> Made:
        shown: dict[str, Any] = {f"Outputs.{name}": value for name, value in outputs.items()}
        return Made(stack_id, {**shown, "StackId": stack_id})


class Nothing(ResourceType):
    """A type that is only written down: AWS makes nothing for it either."""

    def __init__(self, name: str, done: frozenset[str]) -> None:
        self.name = name
        self.done = done

    def create(self, work: Work, given: Properties) -> Made:
        """Only a name."""
        return Made(work.name(64))

    def update(self, work: Work, made: Made, old: Properties, new: Properties) -> Made:
        """Nothing."""
        return made

    def delete(self, work: Work, made: Made, given: Properties) -> None:
        """Nothing."""


METADATA = Nothing("AWS::CDK::Metadata", frozenset({"Analytics", "Modules"}))
