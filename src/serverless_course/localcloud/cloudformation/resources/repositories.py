"""The resource types of Amazon Elastic Container Registry."""

from __future__ import annotations

from typing import Any

from .base import Made, Properties, ResourceType, Work, changed, listed, picked
from .identities import text

TYPE = "AWS::ECR::Repository"


class Repository(ResourceType):
    """AWS::ECR::Repository: one that never holds an image."""

    name = TYPE
    done = frozenset(
        {
            *("EmptyOnDelete", "EncryptionConfiguration", "ImageScanningConfiguration"),
            *("ImageTagMutability", "LifecyclePolicy", "RepositoryName"),
            *("RepositoryPolicyText", "Tags"),
        }
    )

    def create(self, work: Work, given: Properties) -> Made:
        """CreateRepository, and each of its policies."""
        client, name = work.client("ecr"), given.get("RepositoryName")
        name = name or work.name(256, lower=True)
        parameters = picked(given, imageTagMutability="ImageTagMutability")
        encryption = picked(
            given.get("EncryptionConfiguration") or {},
            encryptionType="EncryptionType",
            kmsKey="KmsKey",
        )
        if encryption:
            parameters["encryptionConfiguration"] = encryption
        made = client.create_repository(
            repositoryName=name, tags=work.tag_list(given), **parameters
        )["repository"]
        work.begin(name)
        _configure(client, name, {}, given)
        uri = made["repositoryUri"]
        return Made(name, {"Arn": made["repositoryArn"], "RepositoryUri": uri})

    def update(self, work: Work, made: Made, old: Properties, new: Properties) -> Made:
        """What differs of its settings, policies and tags."""
        client, name = work.client("ecr"), made.physical_id
        if changed(old, new, "ImageTagMutability"):
            client.put_image_tag_mutability(
                repositoryName=name, imageTagMutability=new.get("ImageTagMutability", "MUTABLE")
            )
        _configure(client, name, old, new)
        arn = made.attributes["Arn"]
        work.retag(
            old,
            new,
            lambda tags: client.tag_resource(resourceArn=arn, tags=listed(tags)),
            lambda keys: client.untag_resource(resourceArn=arn, tagKeys=keys),
        )
        return made

    def delete(self, work: Work, made: Made, given: Properties) -> None:
        """DeleteRepository."""
        work.client("ecr").delete_repository(
            repositoryName=made.physical_id, force=bool(given.get("EmptyOnDelete"))
        )


def _configure(client: Any, name: str, old: Properties, new: Properties) -> None:
    if changed(old, new, "ImageScanningConfiguration"):
        scan = new.get("ImageScanningConfiguration") or {}
        client.put_image_scanning_configuration(
            repositoryName=name,
            imageScanningConfiguration={"scanOnPush": scan.get("ScanOnPush", False)},
        )
    if changed(old, new, "LifecyclePolicy"):
        policy = (new.get("LifecyclePolicy") or {}).get("LifecyclePolicyText")
        if policy:
            client.put_lifecycle_policy(repositoryName=name, lifecyclePolicyText=policy)
        elif old:
            client.delete_lifecycle_policy(repositoryName=name)
    if changed(old, new, "RepositoryPolicyText"):
        policy = new.get("RepositoryPolicyText")
        if policy:
            client.set_repository_policy(repositoryName=name, policyText=text(policy))
        elif old:
            client.delete_repository_policy(repositoryName=name)


TYPES = (Repository(),)
