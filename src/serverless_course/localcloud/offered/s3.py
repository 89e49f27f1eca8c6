"""Amazon S3."""

from __future__ import annotations

from .offer import Offer, because, names

S3 = Offer(
    "s3",
    "Amazon S3",
    moto=names(
        """
        AbortMultipartUpload CompleteMultipartUpload CopyObject CreateBucket CreateMultipartUpload
        DeleteBucket DeleteBucketCors DeleteBucketEncryption DeleteBucketLifecycle
        DeleteBucketOwnershipControls DeleteBucketPolicy DeleteBucketTagging DeleteObject
        DeleteObjectTagging DeleteObjects DeletePublicAccessBlock
        GetBucketAccelerateConfiguration GetBucketAcl GetBucketCors
        GetBucketEncryption GetBucketLifecycle GetBucketLifecycleConfiguration GetBucketLocation
        GetBucketLogging GetBucketNotification GetBucketNotificationConfiguration
        GetBucketOwnershipControls GetBucketPolicy GetBucketPolicyStatus GetBucketReplication
        GetBucketTagging GetBucketVersioning GetBucketWebsite GetObject GetObjectAcl
        GetObjectAttributes GetObjectLegalHold GetObjectLockConfiguration GetObjectTagging
        GetPublicAccessBlock HeadBucket HeadObject ListBuckets ListMultipartUploads
        ListObjectVersions ListObjects ListObjectsV2 ListParts PutBucketAcl PutBucketCors
        PutBucketEncryption PutBucketLifecycle PutBucketLifecycleConfiguration
        PutBucketNotification PutBucketNotificationConfiguration PutBucketOwnershipControls
        PutBucketPolicy PutBucketTagging PutBucketVersioning PutObject
        PutObjectAcl PutObjectLegalHold PutObjectLockConfiguration PutObjectRetention
        PutObjectTagging PutPublicAccessBlock UploadPart UploadPartCopy
        """
    ),
    partly={
        **because(
            "keeps the list; nobody reaches a bucket without a signature",
            "PutBucketAcl PutObjectAcl",
        ),
        "PutBucketCors": "keeps the rules; web pages may not call this server",
        "PutBucketEncryption": "is shown; objects lie in memory, as they came",
        "PutBucketLifecycleConfiguration": "expires objects at every midnight of the scaled clock; "
        "it moves none to another storage class, and answers have no x-amz-expiration",
        "PutPublicAccessBlock": "is shown; nobody reaches a bucket without a signature",
        **because(
            "says that there is none: it cannot be set",
            """
            GetBucketAccelerateConfiguration GetBucketLogging GetBucketReplication
            GetBucketWebsite
            """,
        ),
    },
    why={
        **because(
            "It copies no objects by itself.", "DeleteBucketReplication PutBucketReplication"
        ),
        **because(
            "It serves no websites: nobody reaches a bucket without a signature.",
            "DeleteBucketWebsite PutBucketWebsite",
        ),
        "PutBucketLogging": "It writes no access logs.",
        "PutBucketAccelerateConfiguration": "It has one place, and no edge locations.",
        "RestoreObject": "It has no archive: every storage class is read at once.",
        "SelectObjectContent": "AWS closed S3 Select to new customers on 25 July 2024.",
        **because(
            "It writes no inventories.",
            """
            DeleteBucketInventoryConfiguration GetBucketInventoryConfiguration
            ListBucketInventoryConfigurations PutBucketInventoryConfiguration
            """,
        ),
    },
)
