"""The course's tags on what a lab's clients make, and a line in the ledger before it is made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from serverless_course.aws.cloud import Cloud
from serverless_course.aws.creations import CREATIONS, Creation
from serverless_course.aws.kinds import KINDS
from serverless_course.aws.kinds.functions import LOG_GROUPS
from serverless_course.aws.ledger import Ledger, Resource
from serverless_course.aws.names import tags
from serverless_course.aws.ownership import LOG_GROUP, Whose, claim, owner

# What one call's handlers tell each other, in botocore's context of the call.
NAMED = "course_named"
LOGS_TO = "course_log_group"
TAG_LATER = "course_tag_later"


class Stamp:
    """Listens to a lab's clients through botocore's events.

    A call that creates one of the types of :data:`serverless_course.aws.kinds.KINDS` gets the
    lab's tags, whatever name the learner chose, and its name is written down before.
    """

    def __init__(self, cloud: Cloud, ledger: Ledger, slug: str) -> None:
        # Clients that nobody listens to: looking is no call of the lab's.
        self._cloud = cloud.with_own_clients()
        self._ledger = ledger
        self._slug = slug
        self._own: set[Resource] = set()

    def listen(self, client: Any) -> None:
        """Stamp what this client creates from now on."""
        service = client.meta.service_model.service_name
        event = client.meta.service_model.service_id.hyphenize()
        for (of, operation), creation in CREATIONS.items():
            if of != service:
                continue
            mine = f"course-stamp-{service}-{operation}"
            before, after = self._handlers(creation)
            events = client.meta.events
            # Last: whoever shows calls shows them as they were written.
            events.register_last(
                f"before-parameter-build.{event}.{operation}", before, f"{mine}-before"
            )
            events.register(f"after-call.{event}.{operation}", after, f"{mine}-after")

    def claim(self, kind: str, name: str) -> None:
        """Write a name down, unless it is somebody else's.

        What was seen to be this lab's is not looked at again: a check says a name a hundred times.

        Raises:
            ForeignResource: something of that name is there and is not this lab's.
        """
        resource = self._resource(kind, name)
        if resource not in self._own and claim(self._cloud, self._ledger, resource):
            self._own.add(resource)

    def forget(self) -> None:
        """Look at each name again when it is next claimed: what bore it may be deleted."""
        self._own.clear()

    def _resource(self, kind: str, name: str) -> Resource:
        return Resource(self._cloud.target, self._slug, kind, name)

    def _handlers(self, creation: Creation) -> tuple[Any, Any]:
        def before(params: Any, context: dict[str, Any], **_: Any) -> None:
            name = creation.name(params)
            if name:
                if creation.adopts:
                    claim(self._cloud, self._ledger, self._resource(creation.kind, name))
                else:
                    self._ledger.record(self._resource(creation.kind, name))
            context[NAMED] = bool(name)
            if name and creation.later and params.get("Overwrite"):
                context[TAG_LATER] = name
            if name and creation.kind == "lambda:function":
                context[LOGS_TO] = self._log_group(name)
            creation.add(params, tags(self._slug, self._ledger.id))

        def after(
            http_response: Any, parsed: Mapping[str, Any], context: dict[str, Any], **_: Any
        ) -> None:
            if http_response.status_code >= 300:
                return
            made = creation.made(parsed)
            if made and not context.get(NAMED):
                self._ledger.record(self._resource(creation.kind, made))
            if group := context.get(LOGS_TO):
                self._ledger.confirm(group)
            if creation.later and (overwritten := context.get(TAG_LATER)):
                creation.later(self._cloud, overwritten, tags(self._slug, self._ledger.id))

        return before, after

    def _log_group(self, function: str) -> Resource | None:
        """The log group that Lambda will make for a function; None when a foreign one is there."""
        group = self._resource(LOG_GROUP, f"{LOG_GROUPS}{function}")
        self._ledger.record(group)
        made = self._ledger.confirmed(group.target, self._slug)
        for found in KINDS[LOG_GROUP].instances(self._cloud, group.name):
            if owner(self._cloud, self._ledger, group, found, made) is not Whose.OWN:
                return None
        return group
