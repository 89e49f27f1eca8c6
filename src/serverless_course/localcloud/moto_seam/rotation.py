"""Secrets Manager rotation: the four steps of a rotation function, after RotateSecret has answered.

Source: AWS Secrets Manager User Guide, "Lambda rotation functions" (read 2026-11). moto runs the
steps within the call, makes the new version current whatever they did, and forgets the function
when it is not named again. A schedule (RotationRules) is kept and not run.
"""

from __future__ import annotations

import json
import logging
import threading
from typing import Any

from .current import current
from .functions import Functions
from .seam import replace

log = logging.getLogger(__name__)
SERVICE = "secretsmanager.amazonaws.com"
REFUSED = (
    "Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy "
    f"grants access to the principal {SERVICE}."
)
_thread = threading.local()


def install(functions: Functions) -> None:
    """Run rotations in the background, and let the function decide what becomes current."""
    from moto.secretsmanager.exceptions import SecretsManagerClientError  # noqa: PLC0415
    from moto.secretsmanager.models import SecretsManagerBackend  # noqa: PLC0415 - loads late

    def make_rotate(known: Any) -> Any:
        def rotate_secret(
            self: Any,
            secret_id: str,
            client_request_token: str | None = None,
            rotation_lambda_arn: str | None = None,
            *given: Any,
            **named: Any,
        ) -> Any:
            secret = self.secrets.get(secret_id)
            if secret is not None and not secret.is_deleted():
                rotation_lambda_arn = rotation_lambda_arn or secret.rotation_lambda_arn
                _end_last_rotation(secret)
            arn = rotation_lambda_arn or ""
            reached = functions.exists(arn) and functions.allows(arn, SERVICE, secret.arn)
            if arn and not reached:
                raise SecretsManagerClientError("AccessDeniedException", REFUSED)
            current_version = secret.default_version_id if secret is not None else None
            _thread.steps = []
            answer = known(self, secret_id, client_request_token, arn or None, *given, **named)
            steps, _thread.steps = _thread.steps, []
            if steps:
                secret.set_default_version_id(current_version)
                _begin(functions, arn, str(secret.arn), steps, current().trace)
            return answer

        return rotate_secret

    def make_stage(known: Any) -> Any:
        def update_secret_version_stage(
            self: Any,
            secret_id: str,
            version_stage: str,
            remove_from_version_id: str,
            move_to_version_id: str,
        ) -> Any:
            answer = known(
                self, secret_id, version_stage, remove_from_version_id, move_to_version_id
            )
            if version_stage == "AWSCURRENT" and move_to_version_id:
                self.secrets[secret_id].set_default_version_id(move_to_version_id)
            return answer

        return update_secret_version_stage

    replace(SecretsManagerBackend, "rotate_secret", make_rotate)
    replace(SecretsManagerBackend, "update_secret_version_stage", make_stage)


def step(functions: Functions, arn: str, body: str) -> None:
    """Note one step of the rotation that this thread begins; it runs later."""
    steps = getattr(_thread, "steps", None)
    if steps is None:
        functions.send(arn, body, "", "", current().trace)
    else:
        steps.append(json.loads(body))


def _begin(
    functions: Functions, arn: str, secret_arn: str, steps: list[dict[str, Any]], trace: str
) -> None:
    def rotate() -> None:
        for event in steps:
            try:
                functions.run(arn, {**event, "SecretId": secret_arn}, trace)
            except Exception as failure:
                log.warning("the rotation of %s ended at %s", secret_arn, event.get("Step"))
                log.debug("the reason: %s", failure)
                return

    threading.Thread(target=rotate, name="rotation", daemon=True).start()


def _end_last_rotation(secret: Any) -> None:
    """A version that became current has done with being pending."""
    for version in secret.versions.values():
        stages = version["version_stages"]
        if "AWSPENDING" in stages and "AWSCURRENT" in stages:
            stages.remove("AWSPENDING")
