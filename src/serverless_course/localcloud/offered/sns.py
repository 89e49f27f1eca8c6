"""Amazon SNS."""

from __future__ import annotations

from .offer import Offer, because, names

SNS = Offer(
    "sns",
    "Amazon SNS",
    moto=names(
        """
        AddPermission ConfirmSubscription CreateTopic DeleteTopic GetSubscriptionAttributes
        GetTopicAttributes ListSubscriptions ListSubscriptionsByTopic ListTagsForResource ListTopics
        Publish PublishBatch RemovePermission SetSubscriptionAttributes SetTopicAttributes Subscribe
        TagResource Unsubscribe UntagResource
        """
    ),
    why={
        **because(
            "It sends no notifications to mobile devices.",
            """
            CreatePlatformApplication CreatePlatformEndpoint DeleteEndpoint
            DeletePlatformApplication GetEndpointAttributes GetPlatformApplicationAttributes
            ListEndpointsByPlatformApplication ListPlatformApplications SetEndpointAttributes
            SetPlatformApplicationAttributes
            """,
        ),
        **because(
            "It sends no text messages to telephones.",
            """
            CheckIfPhoneNumberIsOptedOut CreateSMSSandboxPhoneNumber DeleteSMSSandboxPhoneNumber
            GetSMSAttributes GetSMSSandboxAccountStatus ListOriginationNumbers
            ListPhoneNumbersOptedOut ListSMSSandboxPhoneNumbers OptInPhoneNumber SetSMSAttributes
            VerifySMSSandboxPhoneNumber
            """,
        ),
    },
)
