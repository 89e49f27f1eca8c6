"""Endpoints that the environment or AWS's files set: with them, services are not all AWS's own.

The account guard asks one service, STS; it says nothing about where the others would be.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

VARIABLE = "AWS_ENDPOINT_URL"
OPTION = "endpoint_url"


def configured_endpoints(env: Mapping[str, str], core: Any) -> list[str]:
    """What sets an endpoint, and how to remove it: one line each, none where nothing does.

    The variable, the profile's own setting, and the ``services`` section that the profile names,
    are all that AWS's SDKs read (AWS SDKs and Tools Reference Guide, "Service-specific
    endpoints", read 2026-11).

    Args:
        env: environment variables.
        core: a botocore session with the learner's settings.
    """
    found = [
        f"the environment variable {name}={value}: unset it"
        for name, value in sorted(env.items())
        if value.strip() and (name == VARIABLE or name.startswith(f"{VARIABLE}_"))
    ]
    profile = core.get_config_variable("profile") or "default"
    scoped = core.get_scoped_config()
    if OPTION in scoped:
        found.append(_line(f"profile {profile!r}", f"{OPTION} = {scoped[OPTION]}", core))
    section = scoped.get("services")
    services = core.full_config.get("services", {}).get(section, {}) if section else {}
    for service, settings in sorted(services.items()):
        if isinstance(settings, dict) and OPTION in settings:
            said = f"{service}: {OPTION} = {settings[OPTION]}"
            found.append(_line(f"section 'services {section}' of profile {profile!r}", said, core))
    return found


def _line(place: str, setting: str, core: Any) -> str:
    path = core.get_config_variable("config_file")
    return f"{setting} in the {place} ({path}, or the credentials file): delete that line"
