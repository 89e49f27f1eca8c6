"""Cut subnets off for a while, by AWS's Fault Injection Service: the same on AWS and here."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from serverless_course.aws.cloud import Cloud
from serverless_course.aws.ledger import Ledger, Resource
from serverless_course.aws.names import resource_name, tags
from serverless_course.aws.ownership import claim
from serverless_course.aws.roles import make_role
from serverless_course.waiting import until

ACTION = "aws:network:disrupt-connectivity"
# What the action may do in an account (FIS User Guide, AWS managed policies, read 2026-11).
POLICY = "arn:aws:iam::aws:policy/service-role/AWSFaultInjectionSimulatorNetworkAccess"
# States of an experiment that is not in force yet.
BEGINNING = ("pending", "initiating")
BEGINS_WITHIN_S = 120.0
# What IAM on AWS may need until FIS can assume a new role: it is eventually consistent.
ROLE_SPREADS_S = 15.0


class DisruptionFailed(RuntimeError):
    """The experiment did not begin; the message says why."""


class Disruption:
    """Subnets that can be cut off, and healed again.

    Nothing happens before :meth:`start`. It heals by itself after its minutes, whatever happens
    to the notebook.
    """

    def __init__(
        self,
        cloud: Cloud,
        ledger: Ledger,
        slug: str,
        subnets: Sequence[str],
        *,
        minutes: int = 2,
        short: str = "disruption",
    ) -> None:
        """Make the experiment's template, and the role that it runs with.

        Args:
            cloud: the cloud.
            ledger: where template and role are journalled before they are made.
            slug: the lab.
            subnets: ids of the subnets to cut off.
            minutes: for how long at most, 1 or more. In real time.
            short: short name of the template.

        Raises:
            ForeignResource: a role or template of that name is there and is not this lab's.
            ClientError: IAM or FIS refused.
        """
        self._fis = cloud.client("fis")
        self._experiment = ""
        name = resource_name(slug, short)
        claim(cloud, ledger, Resource(cloud.target, slug, "fis:experiment-template", name))
        role = _role(cloud, ledger, slug)
        arns = [
            f"arn:aws:ec2:{cloud.region}:{cloud.account_id}:subnet/{subnet}" for subnet in subnets
        ]
        self._template = self._fis.create_experiment_template(
            clientToken=f"{name}-{time.time_ns()}",
            description=f"Cut off {', '.join(subnets)}",
            roleArn=role,
            stopConditions=[{"source": "none"}],
            targets={
                "subnets": {
                    "resourceType": "aws:ec2:subnet",
                    "resourceArns": arns,
                    "selectionMode": "ALL",
                }
            },
            actions={
                "cut-off": {
                    "actionId": ACTION,
                    "parameters": {"duration": f"PT{minutes}M", "scope": "all"},
                    "targets": {"Subnets": "subnets"},
                }
            },
            tags={"Name": name, **tags(slug, ledger.id)},
        )["experimentTemplate"]["id"]

    def start(self) -> None:
        """Begin, and wait until it is in force.

        Raises:
            DisruptionFailed: it ended before it began.
        """
        # On AWS the one before may still be healing, and hold the subnets.
        if self._experiment and self._state_after("stopping")["status"] == "stopping":
            raise DisruptionFailed("The experiment before this one did not end.")
        begun = self._fis.start_experiment(experimentTemplateId=self._template)
        self._experiment = begun["experiment"]["id"]
        state = self._state_after(*BEGINNING)
        if state["status"] in BEGINNING:
            raise DisruptionFailed(f"The experiment did not begin: {state.get('reason')}")
        if state["status"] != "running":
            raise DisruptionFailed(f"The experiment {state['status']}: {state.get('reason')}")

    def stop(self) -> None:
        """Heal now. Does nothing when it is over already, or was never begun."""
        if self._experiment and self._state()["status"] in (*BEGINNING, "running"):
            self._fis.stop_experiment(id=self._experiment)

    def _state_after(self, *passing: str) -> dict[str, Any]:
        """The experiment's state when it is none of these any more, or after a limit."""
        return until(
            self._state, BEGINS_WITHIN_S, ends=lambda state: state["status"] not in passing
        )

    def _state(self) -> dict[str, Any]:
        state: dict[str, Any] = self._fis.get_experiment(id=self._experiment)["experiment"]["state"]
        return state


def _role(cloud: Cloud, ledger: Ledger, slug: str) -> str:
    name, arn, is_new = make_role(
        cloud,
        ledger,
        slug,
        "fault-injection",
        service="fis.amazonaws.com",
        description="Role of the experiments of a lab of Serverless, Measured",
    )
    cloud.client("iam").attach_role_policy(RoleName=name, PolicyArn=POLICY)
    if is_new and cloud.kind == "aws":
        time.sleep(ROLE_SPREADS_S)
    return arn
