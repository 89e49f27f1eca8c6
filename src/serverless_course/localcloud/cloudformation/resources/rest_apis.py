"""API Gateway's resource types for REST APIs.

API Gateway changes what is there by patches (API reference, "Patch operations", read 2026-11).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...wire.validation import label_of
from .base import (
    Made,
    Properties,
    ResourceType,
    Work,
    attribute_text,
    camel,
    changed,
    object_text,
    picked,
    usual,
)
from .identities import text

Patches = list[dict[str, str]]
# How settings of a stage's methods are named in patches.
SETTINGS = {
    "ThrottlingBurstLimit": "throttling/burstLimit",
    "ThrottlingRateLimit": "throttling/rateLimit",
    "MetricsEnabled": "metrics/enabled",
    "LoggingLevel": "logging/loglevel",
    "DataTraceEnabled": "logging/dataTrace",
    "CachingEnabled": "caching/enabled",
}


class RestApi(ResourceType):
    """AWS::ApiGateway::RestApi, by its properties or by an OpenAPI document."""

    name = "AWS::ApiGateway::RestApi"
    PLAIN = ("Description", "DisableExecuteApiEndpoint", "Name")
    done = frozenset(
        {
            *(*PLAIN, "ApiKeySourceType", "BinaryMediaTypes", "Body", "BodyS3Location"),
            *("EndpointConfiguration", "FailOnWarnings", "Mode", "Parameters", "Tags"),
        }
    )
    # These are given when an API is made; a change makes another.
    replaces = frozenset({"ApiKeySourceType", "BinaryMediaTypes", "EndpointConfiguration"})

    def create(self, work: Work, given: Properties) -> Made:
        """CreateRestApi or ImportRestApi."""
        client, body = work.client("apigateway"), _body(work, given)
        if body is None:
            tags = work.tags(given)
            found = client.create_rest_api(
                **camel(picked(given, *self.PLAIN, "BinaryMediaTypes")),
                **picked(given, apiKeySource="ApiKeySourceType"),
                **({"tags": tags} if tags else {}),
                **camel(picked(given, "EndpointConfiguration")),
            )
        else:
            found = client.import_rest_api(body=body, **self._import(given))
            work.begin(found["id"])
            self._patch(work, found["id"], {}, given)
        return Made(
            found["id"], {"RestApiId": found["id"], "RootResourceId": self._root(work, found["id"])}
        )

    def update(self, work: Work, made: Made, old: Properties, new: Properties) -> Made:
        """PutRestApi, UpdateRestApi."""
        body = _body(work, new)
        if body is not None and changed(old, new, "Body", "BodyS3Location", "Parameters"):
            work.client("apigateway").put_rest_api(
                restApiId=made.physical_id,
                mode=new.get("Mode", "overwrite"),
                body=body,
                **self._import(new),
            )
        self._patch(work, made.physical_id, old, new)
        return made

    def delete(self, work: Work, made: Made, given: Properties) -> None:
        """DeleteRestApi."""
        work.client("apigateway").delete_rest_api(restApiId=made.physical_id)

    @staticmethod
    def _import(given: Properties) -> dict[str, Any]:
        parameters = dict(given.get("Parameters") or {})
        types = (given.get("EndpointConfiguration") or {}).get("Types")
        if types:
            parameters.setdefault("endpointConfigurationTypes", ",".join(types))
        return picked(given, failOnWarnings="FailOnWarnings") | {"parameters": parameters}

    def _patch(self, work: Work, identity: str, old: Properties, new: Properties) -> None:
        defaults = {"Description": "", "DisableExecuteApiEndpoint": False}
        settings = usual(old, new, defaults) | picked(new, *self.PLAIN)
        patches = [
            _replaced(label_of(name), value)
            for name, value in settings.items()
            if old.get(name) != value
        ]
        if patches:
            work.client("apigateway").update_rest_api(restApiId=identity, patchOperations=patches)
        _retag(work, f"/restapis/{identity}", old, new)

    @staticmethod
    def _root(work: Work, identity: str) -> str:
        pages = work.client("apigateway").get_paginator("get_resources")
        for page in pages.paginate(restApiId=identity):
            for each in page["items"]:
                if each["path"] == "/":
                    return str(each["id"])
        return ""


class Resource(ResourceType):
    """AWS::ApiGateway::Resource."""

    name = "AWS::ApiGateway::Resource"
    done = frozenset({"ParentId", "PathPart", "RestApiId"})

    def create(self, work: Work, given: Properties) -> Made:
        """CreateResource."""
        identity = work.client("apigateway").create_resource(
            parentId=given["ParentId"], pathPart=given["PathPart"], restApiId=given["RestApiId"]
        )["id"]
        return Made(identity, {"ResourceId": identity})

    def delete(self, work: Work, made: Made, given: Properties) -> None:
        """DeleteResource."""
        work.client("apigateway").delete_resource(
            restApiId=given["RestApiId"], resourceId=made.physical_id
        )


class Method(ResourceType):
    """AWS::ApiGateway::Method, with its integration and its responses."""

    name = "AWS::ApiGateway::Method"
    OWN = (
        *("ApiKeyRequired", "AuthorizationScopes", "AuthorizationType", "AuthorizerId"),
        *("OperationName", "RequestModels", "RequestParameters"),
    )
    done = frozenset(
        {*OWN, "HttpMethod", "Integration", "MethodResponses", "ResourceId", "RestApiId"}
    )

    def create(self, work: Work, given: Properties) -> Made:
        """PutMethod, PutIntegration, and a response each."""
        client, where = work.client("apigateway"), self._where(given)
        client.put_method(**where, **{"authorizationType": "NONE", **_named(given, *self.OWN)})
        name = work.name(64)
        work.begin(name)
        for each in given.get("MethodResponses") or []:
            client.put_method_response(**where, **_named(each, *each))
        integration = given.get("Integration")
        if integration:
            self._integrate(client, where, integration)
        return Made(name)

    def update(self, work: Work, made: Made, old: Properties, new: Properties) -> Made:
        """The method again: stages keep what was deployed."""
        self.delete(work, made, old)
        self.create(work, new)
        return made

    def delete(self, work: Work, made: Made, given: Properties) -> None:
        """DeleteMethod."""
        work.client("apigateway").delete_method(**self._where(given))

    @staticmethod
    def _where(given: Properties) -> dict[str, str]:
        return {
            "restApiId": given["RestApiId"],
            "resourceId": given["ResourceId"],
            "httpMethod": given["HttpMethod"],
        }

    @staticmethod
    def _integrate(client: Any, where: dict[str, str], given: Properties) -> None:
        parameters = _named(given, *(e for e in given if e != "IntegrationResponses"))
        if "integrationHttpMethod" in parameters:
            parameters["integrationHttpMethod"] = given["IntegrationHttpMethod"]
        client.put_integration(**where, **parameters)
        for each in given.get("IntegrationResponses") or []:
            client.put_integration_response(**where, **_named(each, *each))


class Deployment(ResourceType):
    """AWS::ApiGateway::Deployment."""

    name = "AWS::ApiGateway::Deployment"
    done = frozenset({"Description", "RestApiId", "StageName"})
    replaces = frozenset({"StageName"})

    def create(self, work: Work, given: Properties) -> Made:
        """CreateDeployment."""
        identity = work.client("apigateway").create_deployment(
            **picked(given, restApiId="RestApiId", stageName="StageName", description="Description")
        )["id"]
        return Made(identity, {"DeploymentId": identity})

    def update(self, work: Work, made: Made, old: Properties, new: Properties) -> Made:
        """Its description."""
        work.client("apigateway").update_deployment(
            restApiId=new["RestApiId"],
            deploymentId=made.physical_id,
            patchOperations=[_replaced("description", new.get("Description", ""))],
        )
        return made

    def delete(self, work: Work, made: Made, given: Properties) -> None:
        """DeleteDeployment, after the stage that it made."""
        client = work.client("apigateway")
        if given.get("StageName"):
            stages = client.get_stages(restApiId=given["RestApiId"])["item"]
            for each in stages:
                if (each["stageName"], each["deploymentId"]) == (
                    given["StageName"],
                    made.physical_id,
                ):
                    client.delete_stage(restApiId=given["RestApiId"], stageName=given["StageName"])
        client.delete_deployment(restApiId=given["RestApiId"], deploymentId=made.physical_id)


class Stage(ResourceType):
    """AWS::ApiGateway::Stage."""

    name = "AWS::ApiGateway::Stage"
    done = frozenset(
        {
            *("AccessLogSetting", "DeploymentId", "Description", "MethodSettings", "RestApiId"),
            *("StageName", "Tags", "TracingEnabled", "Variables"),
        }
    )

    def create(self, work: Work, given: Properties) -> Made:
        """CreateStage, then what only a patch may set."""
        tags = work.tags(given)
        plain = camel(picked(given, "DeploymentId", "Description", "RestApiId", "StageName"))
        work.client("apigateway").create_stage(
            **plain,
            **picked(given, variables="Variables", tracingEnabled="TracingEnabled"),
            **({"tags": tags} if tags else {}),
        )
        work.begin(given["StageName"])
        known = picked(given, "DeploymentId", "Description", "Variables", "TracingEnabled", "Tags")
        return self.update(work, Made(given["StageName"]), known, given)

    def update(self, work: Work, made: Made, old: Properties, new: Properties) -> Made:
        """UpdateStage."""
        patches: Patches = [
            _replaced(label_of(name), new.get(name, default))
            for name, default in (
                ("DeploymentId", ""),
                ("Description", ""),
                ("TracingEnabled", False),
            )
            if changed(old, new, name)
        ]
        before, after = old.get("Variables") or {}, new.get("Variables") or {}
        patches += [{"op": "remove", "path": f"/variables/{n}"} for n in before if n not in after]
        patches += [
            _replaced(f"variables/{name}", value)
            for name, value in after.items()
            if before.get(name) != value
        ]
        if changed(old, new, "AccessLogSetting"):
            logs = new.get("AccessLogSetting")
            if not logs:
                patches.append({"op": "remove", "path": "/accessLogSettings"})
            else:
                patches += [
                    _replaced(f"accessLogSettings/{label_of(k)}", v) for k, v in logs.items()
                ]
        if changed(old, new, "MethodSettings"):
            settings = _settings(new.get("MethodSettings") or [])
            kept = {each["path"] for each in settings}
            gone = [e["path"] for e in _settings(old.get("MethodSettings") or [])]
            patches += [{"op": "remove", "path": path} for path in gone if path not in kept]
            patches += settings
        if patches:
            work.client("apigateway").update_stage(
                restApiId=new["RestApiId"], stageName=made.physical_id, patchOperations=patches
            )
        _retag(work, f"/restapis/{new['RestApiId']}/stages/{made.physical_id}", old, new)
        return made

    def delete(self, work: Work, made: Made, given: Properties) -> None:
        """DeleteStage."""
        work.client("apigateway").delete_stage(
            restApiId=given["RestApiId"], stageName=made.physical_id
        )


class Authorizer(ResourceType):
    """AWS::ApiGateway::Authorizer."""

    name = "AWS::ApiGateway::Authorizer"
    OWN = (
        *("AuthType", "AuthorizerCredentials", "AuthorizerResultTtlInSeconds", "AuthorizerUri"),
        *("IdentitySource", "IdentityValidationExpression", "Name", "Type"),
    )
    done = frozenset({*OWN, "RestApiId"})
    replaces = frozenset(OWN)

    def create(self, work: Work, given: Properties) -> Made:
        """CreateAuthorizer."""
        identity = work.client("apigateway").create_authorizer(
            restApiId=given["RestApiId"], **_named(given, *self.OWN)
        )["id"]
        return Made(identity, {"AuthorizerId": identity})

    def delete(self, work: Work, made: Made, given: Properties) -> None:
        """DeleteAuthorizer."""
        work.client("apigateway").delete_authorizer(
            restApiId=given["RestApiId"], authorizerId=made.physical_id
        )


class ApiKey(ResourceType):
    """AWS::ApiGateway::ApiKey."""

    name = "AWS::ApiGateway::ApiKey"
    # StageKeys is "deprecated for usage plans" (API reference, read 2026-11): it does nothing.
    done = frozenset({"Description", "Enabled", "Name", "StageKeys", "Tags", "Value"})
    replaces = frozenset({"Tags"})

    def create(self, work: Work, given: Properties) -> Made:
        """CreateApiKey."""
        tags = work.tags(given)
        identity = work.client("apigateway").create_api_key(
            name=given.get("Name") or work.name(128),
            **_named(given, "Description", "Enabled", "Value"),
            **({"tags": tags} if tags else {}),
        )["id"]
        return Made(identity, {"APIKeyId": identity})

    def update(self, work: Work, made: Made, old: Properties, new: Properties) -> Made:
        """UpdateApiKey."""
        patches = [
            _replaced(label_of(name), new.get(name, usual))
            for name, usual in (("Description", ""), ("Enabled", False))
            if changed(old, new, name)
        ]
        work.client("apigateway").update_api_key(apiKey=made.physical_id, patchOperations=patches)
        return made

    def delete(self, work: Work, made: Made, given: Properties) -> None:
        """DeleteApiKey."""
        work.client("apigateway").delete_api_key(apiKey=made.physical_id)


class UsagePlan(ResourceType):
    """AWS::ApiGateway::UsagePlan."""

    name = "AWS::ApiGateway::UsagePlan"
    done = frozenset({"ApiStages", "Description", "Quota", "Tags", "Throttle", "UsagePlanName"})
    replaces = frozenset({"Tags"})

    def create(self, work: Work, given: Properties) -> Made:
        """CreateUsagePlan."""
        tags = work.tags(given)
        identity = work.client("apigateway").create_usage_plan(
            name=given.get("UsagePlanName") or work.name(128),
            **_named(given, "ApiStages", "Description", "Quota", "Throttle"),
            **({"tags": tags} if tags else {}),
        )["id"]
        return Made(identity, {"Id": identity})

    def update(self, work: Work, made: Made, old: Properties, new: Properties) -> Made:
        """UpdateUsagePlan."""
        patches: Patches = []
        if changed(old, new, "UsagePlanName") and new.get("UsagePlanName"):
            patches.append(_replaced("name", new["UsagePlanName"]))
        if changed(old, new, "Description"):
            patches.append(_replaced("description", new.get("Description", "")))
        for name in ("Throttle", "Quota"):
            if not changed(old, new, name):
                continue
            if not new.get(name):
                patches.append({"op": "remove", "path": f"/{name.lower()}"})
            else:
                if set(old.get(name) or {}) - set(new[name]):
                    patches.append({"op": "remove", "path": f"/{name.lower()}"})
                patches += [
                    _replaced(f"{name.lower()}/{label_of(k)}", v) for k, v in new[name].items()
                ]
        before, after = ({_stage(e) for e in p.get("ApiStages") or []} for p in (old, new))
        patches += [
            {"op": op, "path": "/apiStages", "value": each}
            for op, stages in (("remove", before - after), ("add", after - before))
            for each in sorted(stages)
        ]
        if patches:
            work.client("apigateway").update_usage_plan(
                usagePlanId=made.physical_id, patchOperations=patches
            )
        return made

    def delete(self, work: Work, made: Made, given: Properties) -> None:
        """DeleteUsagePlan, after its stages are taken out."""
        client = work.client("apigateway")
        stages = sorted(_stage(each) for each in given.get("ApiStages") or [])
        if stages:
            client.update_usage_plan(
                usagePlanId=made.physical_id,
                patchOperations=[
                    {"op": "remove", "path": "/apiStages", "value": each} for each in stages
                ],
            )
        client.delete_usage_plan(usagePlanId=made.physical_id)


class UsagePlanKey(ResourceType):
    """AWS::ApiGateway::UsagePlanKey."""

    name = "AWS::ApiGateway::UsagePlanKey"
    done = frozenset({"KeyId", "KeyType", "UsagePlanId"})

    def create(self, work: Work, given: Properties) -> Made:
        """CreateUsagePlanKey."""
        work.client("apigateway").create_usage_plan_key(**_named(given, *self.done))
        identity = f"{given['KeyId']}:{given['UsagePlanId']}"
        return Made(identity, {"Id": identity})

    def delete(self, work: Work, made: Made, given: Properties) -> None:
        """DeleteUsagePlanKey."""
        work.client("apigateway").delete_usage_plan_key(
            keyId=given["KeyId"], usagePlanId=given["UsagePlanId"]
        )


TYPES = (
    *(RestApi(), Resource(), Method(), Deployment(), Stage(), Authorizer()),
    *(ApiKey(), UsagePlan(), UsagePlanKey()),
)


def _named(given: Properties, *names: str) -> dict[str, Any]:
    """Properties under the API's names. Maps of one's own names stay as they are."""
    found: dict[str, Any] = {}
    for name, value in picked(given, *names).items():
        holds_structures = isinstance(value, list) or name in ("Quota", "Throttle")
        found[label_of(name)] = camel(value) if holds_structures else value
    return found


def _replaced(path: str, value: Any) -> dict[str, str]:
    return {"op": "replace", "path": f"/{path}", "value": attribute_text(value)}


def _settings(listed: list[Mapping[str, Any]]) -> Patches:
    found = []
    for each in listed:
        resource = str(each.get("ResourcePath", "/*")).removeprefix("/") or "~1"
        resource = resource if resource in ("*", "~1") else f"~1{resource.replace('/', '~1')}"
        for name, value in each.items():
            if name in SETTINGS:
                path = f"{resource}/{each.get('HttpMethod', '*')}/{SETTINGS[name]}"
                found.append(_replaced(path, value))
    return found


def _stage(each: Mapping[str, Any]) -> str:
    return f"{each['ApiId']}:{each['Stage']}"


def _body(work: Work, given: Properties) -> bytes | None:
    if given.get("BodyS3Location"):
        return object_text(work, given["BodyS3Location"]).encode()
    return None if given.get("Body") is None else text(given["Body"]).encode()


def _retag(work: Work, rest: str, old: Properties, new: Properties) -> None:
    client = work.client("apigateway")
    arn = f"arn:aws:apigateway:{work.region}::{rest}"
    work.retag(
        *(old, new),
        lambda tags: client.tag_resource(resourceArn=arn, tags=tags),
        lambda keys: client.untag_resource(resourceArn=arn, tagKeys=keys),
    )
