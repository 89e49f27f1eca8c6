"""API Gateway's resource types for HTTP APIs."""

from __future__ import annotations

from typing import Any, ClassVar

from .base import Made, Properties, ResourceType, Work, changed, object_text, picked, usual
from .identities import text


class Api(ResourceType):
    """AWS::ApiGatewayV2::Api, by its properties or by an OpenAPI document."""

    name = "AWS::ApiGatewayV2::Api"
    not_given = frozenset({"ExecuteApiArn"})
    PLAIN = (
        *("CorsConfiguration", "Description", "DisableExecuteApiEndpoint", "Name", "Version"),
        *("CredentialsArn", "RouteKey", "RouteSelectionExpression", "Target"),
    )
    done = frozenset(
        {*PLAIN, "BasePath", "Body", "BodyS3Location", "FailOnWarnings", "ProtocolType", "Tags"}
    )
    # An API that was made of a document stays one.
    replaces = frozenset({"CredentialsArn", "RouteKey", "Target"})
    DEFAULTS: ClassVar[dict[str, Any]] = {
        "Description": "",
        "DisableExecuteApiEndpoint": False,
        "RouteSelectionExpression": "$request.method $request.path",
        "Version": "",
    }

    def create(self, work: Work, given: Properties) -> Made:
        """CreateApi or ImportApi."""
        client = work.client("apigatewayv2")
        body = _body(work, given)
        if body is None:
            found = client.create_api(
                Tags=work.tags(given), **picked(given, *self.PLAIN, "ProtocolType")
            )
        else:
            found = client.import_api(
                Body=body, **picked(given, "FailOnWarnings", Basepath="BasePath")
            )
            work.begin(found["ApiId"])
            self._settings(work, found["ApiId"], {}, given)
        return Made(found["ApiId"], {"ApiEndpoint": found["ApiEndpoint"], "ApiId": found["ApiId"]})

    def update(self, work: Work, made: Made, old: Properties, new: Properties) -> Made:
        """UpdateApi or ReimportApi."""
        body = _body(work, new)
        if body is not None and changed(old, new, "Body", "BodyS3Location", "BasePath"):
            work.client("apigatewayv2").reimport_api(
                ApiId=made.physical_id,
                Body=body,
                **picked(new, "FailOnWarnings", Basepath="BasePath"),
            )
        self._settings(work, made.physical_id, old, new)
        return made

    def delete(self, work: Work, made: Made, given: Properties) -> None:
        """DeleteApi, with everything in it."""
        work.client("apigatewayv2").delete_api(ApiId=made.physical_id)

    def _settings(self, work: Work, identity: str, old: Properties, new: Properties) -> None:
        client = work.client("apigatewayv2")
        settings = usual(old, new, self.DEFAULTS)
        settings |= picked(new, *(each for each in self.PLAIN if each not in self.replaces))
        if settings and changed(old, new, *self.PLAIN):
            client.update_api(ApiId=identity, **settings)
        if old.get("CorsConfiguration") and not new.get("CorsConfiguration"):
            client.delete_cors_configuration(ApiId=identity)
        _retag(work, f"/apis/{identity}", old, new)


class Stage(ResourceType):
    """AWS::ApiGatewayV2::Stage."""

    name = "AWS::ApiGatewayV2::Stage"
    PLAIN = (
        *("AccessLogSettings", "AutoDeploy", "DefaultRouteSettings", "DeploymentId"),
        *("Description", "RouteSettings", "StageVariables"),
    )
    done = frozenset({*PLAIN, "ApiId", "StageName", "Tags"})
    DEFAULTS: ClassVar[dict[str, Any]] = {
        "AutoDeploy": False,
        "DefaultRouteSettings": {"DetailedMetricsEnabled": False},
        "Description": "",
        "RouteSettings": {},
        "StageVariables": {},
    }

    def create(self, work: Work, given: Properties) -> Made:
        """CreateStage."""
        work.client("apigatewayv2").create_stage(
            Tags=work.tags(given), **picked(given, "ApiId", "StageName", *self.PLAIN)
        )
        return Made(given["StageName"])

    def update(self, work: Work, made: Made, old: Properties, new: Properties) -> Made:
        """UpdateStage."""
        client, named = work.client("apigatewayv2"), picked(new, "ApiId", "StageName")
        settings = usual(old, new, self.DEFAULTS) | picked(new, *self.PLAIN)
        client.update_stage(**named, **settings)
        if old.get("AccessLogSettings") and not new.get("AccessLogSettings"):
            client.delete_access_log_settings(**named)
        _retag(work, f"/apis/{new['ApiId']}/stages/{new['StageName']}", old, new)
        return made

    def delete(self, work: Work, made: Made, given: Properties) -> None:
        """DeleteStage."""
        work.client("apigatewayv2").delete_stage(**picked(given, "ApiId", "StageName"))


class Part(ResourceType):
    """A part of an API that has an id of its own: CreateX, UpdateX, DeleteX."""

    def __init__(self, noun: str, *properties: str, **defaults: Any) -> None:
        self._noun = noun
        self._defaults = defaults
        self._id = f"{noun}Id"
        self.name = f"AWS::ApiGatewayV2::{noun}"
        self.done = frozenset({*properties, "ApiId"})
        self._properties = properties

    def create(self, work: Work, given: Properties) -> Made:
        """Make it."""
        found = self._call(work, "create")(**picked(given, "ApiId", *self._properties))
        return Made(found[self._id], {self._id: found[self._id]})

    def update(self, work: Work, made: Made, old: Properties, new: Properties) -> Made:
        """Change it."""
        identity: dict[str, Any] = {"ApiId": new["ApiId"], self._id: made.physical_id}
        settings = {
            name: value
            for name, value in {
                **usual(old, new, self._defaults),
                **picked(new, *self._properties),
            }.items()
            if name != "StageName"
        }
        self._call(work, "update")(**identity, **settings)
        return made

    def delete(self, work: Work, made: Made, given: Properties) -> None:
        """Delete it."""
        identity = {"ApiId": given["ApiId"], self._id: made.physical_id}
        self._call(work, "delete")(**identity)

    def _call(self, work: Work, verb: str) -> Any:
        return getattr(work.client("apigatewayv2"), f"{verb}_{self._noun.lower()}")


TYPES = (
    Api(),
    Stage(),
    Part("Deployment", "Description", "StageName", Description=""),
    Part(
        "Route",
        *("ApiKeyRequired", "AuthorizationScopes", "AuthorizationType", "AuthorizerId"),
        *("OperationName", "RouteKey", "Target"),
        AuthorizationScopes=[],
        AuthorizationType="NONE",
        AuthorizerId="",
        OperationName="",
    ),
    Part(
        "Integration",
        *("ConnectionType", "CredentialsArn", "Description", "IntegrationMethod"),
        *("IntegrationType", "IntegrationUri", "PayloadFormatVersion", "RequestParameters"),
        *("ResponseParameters", "TimeoutInMillis", "TlsConfig"),
        ConnectionType="INTERNET",
        CredentialsArn="",
        Description="",
        IntegrationMethod="POST",
        TimeoutInMillis=30_000,
    ),
    Part(
        "Authorizer",
        *("AuthorizerCredentialsArn", "AuthorizerPayloadFormatVersion"),
        *("AuthorizerResultTtlInSeconds", "AuthorizerType", "AuthorizerUri"),
        *("EnableSimpleResponses", "IdentitySource", "JwtConfiguration", "Name"),
        AuthorizerCredentialsArn="",
        AuthorizerResultTtlInSeconds=300,
        EnableSimpleResponses=False,
        IdentitySource=[],
    ),
)


def _body(work: Work, given: Properties) -> str | None:
    if given.get("BodyS3Location"):
        return object_text(work, given["BodyS3Location"])
    return None if given.get("Body") is None else text(given["Body"])


def _retag(work: Work, rest: str, old: Properties, new: Properties) -> None:
    client = work.client("apigatewayv2")
    arn = f"arn:aws:apigateway:{work.region}::{rest}"
    work.retag(
        *(old, new),
        lambda tags: client.tag_resource(ResourceArn=arn, Tags=tags),
        lambda keys: client.untag_resource(ResourceArn=arn, TagKeys=keys),
    )
