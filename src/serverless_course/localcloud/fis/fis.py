"""AWS Fault Injection Service's API, as far as experiments here need it.

Source: FIS API reference (read 2026-11). Not there: stop conditions by alarms, experiment logs and
reports, other accounts, safety levers; each is refused in plain words.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from ..iam.account import ACCOUNT_ID
from ..moto_seam import Services
from ..wire.errors import ServiceError
from ..wire.http import Request, Response
from ..wire.rest_json import find_operation, read_parameters, write_response
from .actions import ACTIONS, invalid
from .experiment import Experiment, actions_of
from .laboratory import Laboratory
from .template import made_template, new_identity

Members = dict[str, Any]
ROLE_USER = "fis.amazonaws.com"


class FaultInjection:
    """Templates and experiments of all regions. Runs on the event loop."""

    def __init__(self, services: Services, laboratory: Laboratory) -> None:
        self._services = services
        self._laboratory = laboratory
        self._templates: dict[tuple[str, str], Members] = {}
        # A call that is sent twice with one client token counts once.
        self._tokens: dict[tuple[str, str, str], str] = {}
        self._experiments: dict[tuple[str, str], Experiment] = {}

    async def answer(self, request: Request, region: str) -> Response:
        """Answer one request of FIS's API. Raises `ServiceError` for every refusal."""
        operation, fields = find_operation(request, "fis")
        handler = OPERATIONS.get(operation.name)
        if handler is None:
            raise ServiceError(
                "UnsupportedOperationException",
                f"The embedded cloud does not offer FIS's {operation.name}. It offers: "
                f"{', '.join(OPERATIONS)}.",
                501,
            )
        given = read_parameters(request, operation, fields)
        await asyncio.to_thread(self._services.wait)
        return write_response(operation, handler(self, region, given), str(uuid.uuid4()))

    async def close(self) -> None:
        """End every experiment; the server ends."""
        await asyncio.gather(*(each.close() for each in self._experiments.values()))

    def create_template(self, region: str, given: Members) -> Members:
        """CreateExperimentTemplate."""
        again = self._tokens.get((region, "template", given["clientToken"]))
        if again is not None:
            return {"experimentTemplate": self.template(region, again)}
        template = made_template(region, given)
        self._templates[region, template["id"]] = template
        self._tokens[region, "template", given["clientToken"]] = template["id"]
        return {"experimentTemplate": template}

    def template(self, region: str, identity: str) -> Members:
        """A template. Raises ResourceNotFoundException."""
        if (region, identity) not in self._templates:
            raise _missing("Experiment template", identity)
        return self._templates[region, identity]

    def get_template(self, region: str, given: Members) -> Members:
        """GetExperimentTemplate."""
        return {"experimentTemplate": self.template(region, given["id"])}

    def delete_template(self, region: str, given: Members) -> Members:
        """DeleteExperimentTemplate. Its experiments go on."""
        template = self.template(region, given["id"])
        del self._templates[region, given["id"]]
        return {"experimentTemplate": template}

    def list_templates(self, region: str, given: Members) -> Members:
        """ListExperimentTemplates, on one page."""
        found = [each for (where, _), each in self._templates.items() if where == region]
        return {"experimentTemplates": found}

    def start(self, region: str, given: Members) -> Members:
        """StartExperiment."""
        again = self._tokens.get((region, "experiment", given["clientToken"]))
        if again is not None:
            return {"experiment": self.experiment(region, again).members}
        template = self.template(region, given["experimentTemplateId"])
        mode = (given.get("experimentOptions") or {}).get("actionsMode", "run-all")
        if mode != "run-all":
            raise invalid("The embedded cloud offers the actionsMode run-all only.")
        if not self._services.identity.trusts_service(template["roleArn"], ROLE_USER):
            raise invalid(
                f"FIS cannot assume the role {template['roleArn']}: its trust policy must name "
                f"{ROLE_USER}."
            )
        identity = new_identity("EXP")
        kept = ("roleArn", "targets", "stopConditions", "experimentOptions")
        members = {
            **{name: template[name] for name in kept if name in template},
            "id": identity,
            "arn": f"arn:aws:fis:{region}:{ACCOUNT_ID}:experiment/{identity}",
            "experimentTemplateId": template["id"],
            "actions": actions_of(template),
            "state": {"status": "initiating", "reason": "Experiment is initiating."},
            "creationTime": datetime.now(UTC),
            "tags": given.get("tags") or {},
        }
        self._tokens[region, "experiment", given["clientToken"]] = identity
        self._experiments[region, identity] = Experiment(members, region, self._laboratory)
        return {"experiment": members}

    def experiment(self, region: str, identity: str) -> Experiment:
        """An experiment. Raises ResourceNotFoundException."""
        if (region, identity) not in self._experiments:
            raise _missing("Experiment", identity)
        return self._experiments[region, identity]

    def get_experiment(self, region: str, given: Members) -> Members:
        """GetExperiment."""
        return {"experiment": self.experiment(region, given["id"]).members}

    def stop(self, region: str, given: Members) -> Members:
        """StopExperiment."""
        experiment = self.experiment(region, given["id"])
        experiment.stop()
        return {"experiment": experiment.members}

    def list_experiments(self, region: str, given: Members) -> Members:
        """ListExperiments, on one page, the newest first."""
        of_template = given.get("experimentTemplateId")
        found = [
            each.members
            for (where, _), each in reversed(self._experiments.items())
            if where == region and of_template in (None, each.members["experimentTemplateId"])
        ]
        return {"experiments": found}

    def resolved_targets(self, region: str, given: Members) -> Members:
        """ListExperimentResolvedTargets."""
        experiment = self.experiment(region, given["experimentId"])
        kinds = experiment.members.get("targets") or {}
        return {
            "resolvedTargets": [
                {
                    "resourceType": kinds[name]["resourceType"],
                    "targetName": name,
                    "targetInformation": {"arn": found},
                }
                for name, ids in experiment.resolved.items()
                if given.get("targetName") in (None, name)
                for found in ids
            ]
        }

    def get_action(self, region: str, given: Members) -> Members:
        """GetAction."""
        if given["id"] not in ACTIONS:
            raise _missing("Action", given["id"])
        return {"action": ACTIONS[given["id"]].shown(region, whole=True)}

    def list_actions(self, region: str, given: Members) -> Members:
        """ListActions: what this server offers."""
        return {"actions": [each.shown(region, whole=False) for each in ACTIONS.values()]}


Handler = Callable[[FaultInjection, str, Members], Members]
OPERATIONS: dict[str, Handler] = {
    "CreateExperimentTemplate": FaultInjection.create_template,
    "GetExperimentTemplate": FaultInjection.get_template,
    "DeleteExperimentTemplate": FaultInjection.delete_template,
    "ListExperimentTemplates": FaultInjection.list_templates,
    "StartExperiment": FaultInjection.start,
    "GetExperiment": FaultInjection.get_experiment,
    "StopExperiment": FaultInjection.stop,
    "ListExperiments": FaultInjection.list_experiments,
    "ListExperimentResolvedTargets": FaultInjection.resolved_targets,
    "GetAction": FaultInjection.get_action,
    "ListActions": FaultInjection.list_actions,
}


def _missing(noun: str, identity: str) -> ServiceError:
    return ServiceError("ResourceNotFoundException", f"{noun} {identity} was not found.", 404)
