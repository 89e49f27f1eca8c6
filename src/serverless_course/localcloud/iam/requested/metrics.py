"""CloudWatch: alarms, dashboards, and the namespace that metrics are put into.

Source: Service Authorization Reference, "Actions, resources, and condition keys for Amazon
CloudWatch" (read 2026-11).
"""

from __future__ import annotations

from .need import ANY, Asked, Need

ON_ALARMS = (
    "DeleteAlarms",
    "DescribeAlarmHistory",
    "DescribeAlarms",
    "DisableAlarmActions",
    "EnableAlarmActions",
    "PutCompositeAlarm",
    "PutMetricAlarm",
    "SetAlarmState",
)
ON_DASHBOARDS = ("DeleteDashboards", "GetDashboard", "PutDashboard")


def metrics(asked: Asked) -> list[Need]:
    """What an operation of CloudWatch asks leave for."""
    action = f"cloudwatch:{asked.operation}"
    if asked.operation in ON_ALARMS:
        names = _named(asked, "AlarmName", "AlarmNames") or ["*"]
        return [Need(action, asked.arn("cloudwatch", f"alarm:{name}")) for name in names]
    if asked.operation in ON_DASHBOARDS:
        names = _named(asked, "DashboardName", "DashboardNames")
        # A dashboard belongs to no region.
        arn = f"arn:aws:cloudwatch::{asked.account}:dashboard/"
        return [Need(action, arn + name) for name in names] or [Need(action, ANY)]
    if asked.operation == "PutMetricData":
        return [Need(action, ANY, {"cloudwatch:namespace": asked.text("Namespace")})]
    return [Need(action, arn) for arn in asked.given("ResourceARN")] or [Need(action, ANY)]


def _named(asked: Asked, one: str, several: str) -> list[str]:
    """Names given alone or in a list, which a form numbers."""
    listed = asked.get(several)
    names = [str(each) for each in listed] if isinstance(listed, list) else []
    numbered = [
        str(value)
        for name, value in asked.parameters.items()
        if name.startswith(f"{several}.member.")
    ]
    return [*asked.given(one), *names, *numbered]
