"""AWS Identity and Access Management."""

from __future__ import annotations

from .offer import Offer, because, names

IAM = Offer(
    "iam",
    "AWS Identity and Access Management",
    ours=names(
        """
        GetContextKeysForCustomPolicy GetContextKeysForPrincipalPolicy SimulateCustomPolicy
        SimulatePrincipalPolicy
        """
    ),
    moto=names(
        """
        AddRoleToInstanceProfile AddUserToGroup AttachGroupPolicy AttachRolePolicy AttachUserPolicy
        CreateAccessKey CreateAccountAlias CreateGroup CreateInstanceProfile CreatePolicy
        CreatePolicyVersion CreateRole CreateUser DeleteAccessKey DeleteAccountAlias DeleteGroup
        DeleteGroupPolicy DeleteInstanceProfile DeletePolicy DeletePolicyVersion DeleteRole
        DeleteRolePermissionsBoundary DeleteRolePolicy DeleteUser DeleteUserPermissionsBoundary
        DeleteUserPolicy DetachGroupPolicy DetachRolePolicy DetachUserPolicy GetAccessKeyLastUsed
        GetAccountAuthorizationDetails GetAccountSummary GetGroup GetGroupPolicy GetInstanceProfile
        GetPolicy GetPolicyVersion GetRole GetRolePolicy GetUser GetUserPolicy ListAccessKeys
        ListAccountAliases ListAttachedGroupPolicies ListAttachedRolePolicies
        ListAttachedUserPolicies ListEntitiesForPolicy ListGroupPolicies ListGroups
        ListGroupsForUser ListInstanceProfiles ListInstanceProfilesForRole ListPolicies
        ListPolicyTags ListPolicyVersions ListRolePolicies ListRoleTags ListRoles ListUserPolicies
        ListUserTags ListUsers PutGroupPolicy PutRolePermissionsBoundary PutRolePolicy
        PutUserPermissionsBoundary PutUserPolicy RemoveRoleFromInstanceProfile RemoveUserFromGroup
        SetDefaultPolicyVersion TagInstanceProfile TagPolicy TagRole TagUser UntagInstanceProfile
        UntagPolicy UntagRole UntagUser UpdateAccessKey UpdateAssumeRolePolicy UpdateGroup
        UpdateRole UpdateRoleDescription UpdateUser
        """
    ),
    partly={
        "CreateInstanceProfile": "makes a profile that no instance can use: there are none",
        "GetAccessKeyLastUsed": "does not know when a key was used",
        "UpdateRole": "keeps MaxSessionDuration and does not hold AssumeRole to it",
    },
    why={
        **because(
            "It has no console, and so no passwords and no MFA devices.",
            """
            ChangePassword CreateLoginProfile CreateVirtualMFADevice DeactivateMFADevice
            DeleteAccountPasswordPolicy DeleteLoginProfile DeleteVirtualMFADevice EnableMFADevice
            GetAccountPasswordPolicy GetLoginProfile GetMFADevice ListMFADeviceTags ListMFADevices
            ListVirtualMFADevices ResyncMFADevice TagMFADevice UntagMFADevice
            UpdateAccountPasswordPolicy UpdateLoginProfile
            """,
        ),
        **because(
            "Nobody can sign in through an identity provider here.",
            """
            AddClientIDToOpenIDConnectProvider CreateOpenIDConnectProvider CreateSAMLProvider
            DeleteOpenIDConnectProvider DeleteSAMLProvider GetOpenIDConnectProvider GetSAMLProvider
            ListOpenIDConnectProviderTags ListOpenIDConnectProviders ListSAMLProviderTags
            ListSAMLProviders RemoveClientIDFromOpenIDConnectProvider TagOpenIDConnectProvider
            TagSAMLProvider UntagOpenIDConnectProvider UntagSAMLProvider
            UpdateOpenIDConnectProviderThumbprint UpdateSAMLProvider
            """,
        ),
        **because(
            "Its services need no service-linked roles.",
            "CreateServiceLinkedRole DeleteServiceLinkedRole GetServiceLinkedRoleDeletionStatus",
        ),
        **because(
            "It does not record who used what.",
            """
            GenerateCredentialReport GenerateServiceLastAccessedDetails GetCredentialReport
            GetServiceLastAccessedDetails GetServiceLastAccessedDetailsWithEntities
            """,
        ),
    },
)
