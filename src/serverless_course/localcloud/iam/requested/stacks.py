"""CloudFormation: stacks and change sets.

Source: Service Authorization Reference (read 2026-11).
"""

from __future__ import annotations

from .need import ANY, Asked, Need

# These ask for no stack of their own.
OF_NONE = frozenset(
    {
        *("ListStacks", "ListExports", "ListImports", "ValidateTemplate", "DescribeAccountLimits"),
        "EstimateTemplateCost",
    }
)


def stacks(asked: Asked) -> list[Need]:
    """The stack that a request names: by its name, any stack that bears it."""
    action = f"cloudformation:{asked.operation}"
    if asked.operation in OF_NONE:
        return [Need(action)]
    found = [
        name if name.startswith("arn:") else asked.arn("cloudformation", f"stack/{name}/*")
        for name in asked.given("StackName")
    ]
    # A change set's ARN does not say whose it is.
    return [Need(action, arn) for arn in found] or [Need(action, ANY)]
