"""AWS Systems Manager: Parameter Store."""

from __future__ import annotations

from .offer import Offer, because, names

SSM = Offer(
    "ssm",
    "AWS Systems Manager",
    moto=names(
        """
        AddTagsToResource DeleteParameter DeleteParameters DescribeParameters GetParameter
        GetParameterHistory GetParameters GetParametersByPath LabelParameterVersion
        ListTagsForResource PutParameter RemoveTagsFromResource UnlabelParameterVersion
        """
    ),
    partly={
        "PutParameter": "keeps Policies and does not act on them",
    },
    why=because(
        "It has Parameter Store and no machines to manage.",
        """
        CreateDocument CreateMaintenanceWindow CreatePatchBaseline DeleteDocument
        DeleteMaintenanceWindow DescribeDocument DescribeInstanceInformation
        DescribeMaintenanceWindows GetCommandInvocation GetDocument ListCommandInvocations
        ListCommands ListDocuments SendCommand StartAutomationExecution StartSession UpdateDocument
        """,
    ),
)
