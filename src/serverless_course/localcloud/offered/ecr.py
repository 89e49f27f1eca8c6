"""Amazon Elastic Container Registry: repositories that never hold an image.

A stack of the AWS CDK's toolkit (`cdk bootstrap`) makes one, whether images are used or not.
"""

from __future__ import annotations

from .offer import Offer, because, names

NO_IMAGES = "It has no containers: its functions are .zip packages."

ECR = Offer(
    "ecr",
    "Amazon Elastic Container Registry",
    moto=names(
        """
        CreateRepository DeleteLifecyclePolicy DeleteRepository DeleteRepositoryPolicy
        DescribeImages DescribeRepositories GetLifecyclePolicy GetRepositoryPolicy ListImages
        ListTagsForResource PutImageScanningConfiguration PutImageTagMutability PutLifecyclePolicy
        SetRepositoryPolicy TagResource UntagResource
        """
    ),
    partly={
        "CreateRepository": "makes a repository that never holds an image",
        **because(
            "is shown; there are no images that it could be about",
            "PutImageScanningConfiguration PutImageTagMutability PutLifecyclePolicy",
        ),
        "SetRepositoryPolicy": "keeps the policy; only identity-based policies are evaluated",
    },
    why=because(
        NO_IMAGES,
        """
        BatchCheckLayerAvailability BatchDeleteImage BatchGetImage CompleteLayerUpload
        DescribeImageScanFindings GetAuthorizationToken GetDownloadUrlForLayer InitiateLayerUpload
        PutImage StartImageScan UploadLayerPart
        """,
    ),
)
