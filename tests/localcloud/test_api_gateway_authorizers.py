"""Who may call an HTTP API: signatures, tokens, functions.

Sources: API Gateway Developer Guide, "Control access to HTTP APIs with JWT authorizers", "… with
AWS Lambda authorizers" and "… with IAM authorization" (read 2026-11).
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import jwt
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm
from running_cloud import RunningCloud
from web_api import ACCOUNT, Answer, arn_of, ask, http_api, permit

CLOCK_FACTOR = 60
KEY = rsa.generate_private_key(65537, 2048)
OTHER = rsa.generate_private_key(65537, 2048)


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """An issuer on this machine: its configuration, and one public key."""
    public = {**RSAAlgorithm.to_jwk(KEY.public_key(), as_dict=True), "kid": "one", "use": "sig"}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found: Any = {"keys": [public]}
            if self.path == "/.well-known/openid-configuration":
                found = {"issuer": url, "jwks_uri": f"{url}/keys"}
            body = json.dumps(found).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield url
    server.shutdown()
    server.server_close()


def token(issuer: str, key: Any = KEY, kid: str = "one", **claims: Any) -> str:
    given = {"iss": issuer, "aud": "shop", "exp": time.time() + 60, "sub": "ada", **claims}
    kept = {name: value for name, value in given.items() if value is not None}
    return jwt.encode(kept, key, "RS256", headers={"kid": kid})


@pytest.fixture(scope="module")
def guarded(one_cloud: RunningCloud, issuer: str) -> str:
    """An API whose route GET /a needs a token, and GET /b one with a scope."""
    api = http_api(one_cloud, "GET /a", "GET /b")
    gateway = one_cloud.client("apigatewayv2")
    authorizer = gateway.create_authorizer(
        ApiId=api["id"],
        Name="tokens",
        AuthorizerType="JWT",
        IdentitySource=["$request.header.Authorization"],
        JwtConfiguration={"Issuer": issuer, "Audience": ["shop"]},
    )["AuthorizerId"]
    for key, scopes in (("GET /a", []), ("GET /b", ["write", "admin"])):
        gateway.update_route(
            ApiId=api["id"],
            RouteId=api["routes"][key],
            AuthorizationType="JWT",
            AuthorizerId=authorizer,
            AuthorizationScopes=scopes,
        )
    with pytest.raises(ClientError, match="referenced"):
        gateway.delete_authorizer(ApiId=api["id"], AuthorizerId=authorizer)
    return str(api["url"])


def test_a_token_that_counts(guarded: str, issuer: str) -> None:
    given = token(issuer, groups=["a", "b"], level=3)
    answer = ask(guarded, path="/a", Authorization=f"Bearer {given}")
    assert answer.status == 200
    told = answer.json["requestContext"]["authorizer"]["jwt"]
    assert told["scopes"] is None
    assert (told["claims"]["sub"], told["claims"]["level"]) == ("ada", "3")
    assert told["claims"]["groups"] == "[a b]"
    # Developer Guide: client_id counts where there is no aud; the word Bearer may be left out.
    by_client = token(issuer, aud=None, client_id="shop")
    assert ask(guarded, path="/a", Authorization=by_client).status == 200


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": 1},
        {"exp": None},
        {"nbf": 4_000_000_000},
        {"aud": "other"},
        {"aud": None},
        {"aud": "other", "client_id": "shop"},
        {"iss": "http://127.0.0.1:1"},
        {"key": OTHER},
        {"kid": "two"},
    ],
)
def test_tokens_that_do_not_count(guarded: str, issuer: str, claims: dict[str, Any]) -> None:
    answer = ask(guarded, path="/a", Authorization=f"Bearer {token(issuer, **claims)}")
    assert (answer.status, answer.json) == (401, {"message": "Unauthorized"})
    assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("kind", ["none", "HS256", "rubbish", "nothing"])
def test_tokens_that_are_not_signed_with_rsa(guarded: str, issuer: str, kind: str) -> None:
    claims = {"iss": issuer, "aud": "shop", "exp": time.time() + 60}
    headers = {}
    if kind != "nothing":
        given = "a.b.c"
        if kind != "rubbish":
            secret = "" if kind == "none" else "k" * 32
            given = jwt.encode(claims, secret, kind, headers={"kid": "one"})
        headers["Authorization"] = f"Bearer {given}"
    assert ask(guarded, path="/a", **headers).status == 401


def test_scopes(guarded: str, issuer: str) -> None:
    def status(**claims: Any) -> int:
        return ask(guarded, path="/b", Authorization=token(issuer, **claims)).status

    assert status(scope="read write") == 200
    assert status(scp=["admin"]) == 200
    assert (status(scope="read"), status()) == (403, 403)
    answer = ask(guarded, path="/b", Authorization=token(issuer))
    assert answer.json == {"message": "Forbidden"}


@pytest.mark.parametrize(
    "issuer_url", ["https://cognito-idp.us-east-1.amazonaws.com/pool", "http://10.0.0.1"]
)
def test_an_issuer_elsewhere_is_refused_by_name(one_cloud: RunningCloud, issuer_url: str) -> None:
    gateway = one_cloud.client("apigatewayv2")
    api = gateway.create_api(Name="j", ProtocolType="HTTP")["ApiId"]
    with pytest.raises(ClientError, match="reaches no network") as caught:
        gateway.create_authorizer(
            ApiId=api,
            Name="tokens",
            AuthorizerType="JWT",
            IdentitySource=["$request.header.Authorization"],
            JwtConfiguration={"Issuer": issuer_url, "Audience": ["shop"]},
        )
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501


# Lambda authorizers

SIMPLE = """
import time
def handler(event, context):
    word = event["headers"].get("x-word", "")
    if word == "crash":
        raise KeyError
    return {"isAuthorized": word == "please", "context": {"at": time.time(), "event": str(event)}}
"""
POLICY = """
import time
def handler(event, context):
    effect = "Allow" if event["identitySource"] == "please" else "Deny"
    if event["identitySource"] == "nobody":
        raise Exception("Unauthorized")
    return {"principalId": "ada", "context": {"at": time.time(), "type": event["type"]},
            "policyDocument": {"Version": "2012-10-17", "Statement": [
                {"Action": "execute-api:Invoke", "Effect": effect, "Resource": event["methodArn"]}]}}
"""


def asked_by_function(
    cloud: RunningCloud, source: str, version: str, *, permitted: bool = True, **settings: Any
) -> dict[str, Any]:
    api = http_api(cloud, "GET /a", "GET /b")
    gateway = cloud.client("apigatewayv2")
    function = cloud.create(source)
    uri = (
        "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/"
        f"{arn_of(cloud, function)}/invocations"
    )
    authorizer = gateway.create_authorizer(
        ApiId=api["id"],
        Name="asks",
        AuthorizerType="REQUEST",
        AuthorizerUri=uri,
        AuthorizerPayloadFormatVersion=version,
        **{"IdentitySource": ["$request.header.X-Word"], **settings},
    )["AuthorizerId"]
    for route in api["routes"].values():
        gateway.update_route(
            ApiId=api["id"], RouteId=route, AuthorizationType="CUSTOM", AuthorizerId=authorizer
        )
    if permitted:
        permit(cloud, function, api["id"], f"authorizers/{authorizer}")
    return api


def test_simple_answers(one_cloud: RunningCloud) -> None:
    api = asked_by_function(
        one_cloud, SIMPLE, "2.0", EnableSimpleResponses=True, AuthorizerResultTtlInSeconds=0
    )
    answer = ask(api["url"], path="/a?x=1", X_Word="please")
    assert answer.status == 200
    told = answer.json["requestContext"]["authorizer"]["lambda"]
    for part in ("'type': 'REQUEST'", "'identitySource': ['please']", "'rawQueryString': 'x=1'"):
        assert part in told["event"]
    arn = f"arn:aws:execute-api:us-east-1:{ACCOUNT}:{api['id']}/$default/GET/a"
    assert f"'routeArn': '{arn}'" in told["event"]
    denied = ask(api["url"], path="/a", X_Word="no")
    assert (denied.status, denied.json) == (403, {"message": "Forbidden"})
    missing = ask(api["url"], path="/a")
    assert (missing.status, missing.json) == (401, {"message": "Unauthorized"})
    crash = ask(api["url"], path="/a", X_Word="crash")
    assert (crash.status, crash.json) == (500, {"message": "Internal Server Error"})


def test_policies_are_kept_for_a_while(one_cloud: RunningCloud) -> None:
    """A kept policy counts for every route; the time it counts runs on the scaled clock."""
    api = asked_by_function(one_cloud, POLICY, "1.0", AuthorizerResultTtlInSeconds=120)

    def get(path: str = "/a", word: str = "please") -> Answer:
        return ask(api["url"], path=path, X_Word=word)

    first = get().json["requestContext"]["authorizer"]["lambda"]
    assert (first["principalId"], first["type"]) == ("ada", "REQUEST")
    assert get().json["requestContext"]["authorizer"]["lambda"] == first
    # The policy names the ARN of GET /a alone.
    assert get("/b").status == 403
    time.sleep(120 / CLOCK_FACTOR + 0.1)
    assert get().json["requestContext"]["authorizer"]["lambda"]["at"] > first["at"]
    assert get(word="no").status == 403
    assert get(word="nobody").status == 401


def test_an_authorizer_needs_its_own_permission(one_cloud: RunningCloud) -> None:
    api = asked_by_function(one_cloud, SIMPLE, "2.0", EnableSimpleResponses=True, permitted=False)
    assert ask(api["url"], path="/a", X_Word="please").status == 500


def test_authorizers_that_are_refused(one_cloud: RunningCloud) -> None:
    for settings, words in (
        ({"AuthorizerResultTtlInSeconds": 3601}, "3600"),
        ({"IdentitySource": ["method.request.header.A"]}, "identity source"),
        ({"IdentityValidationExpression": "a"}, "not supported"),
        ({"IdentitySource": [], "AuthorizerResultTtlInSeconds": 1}, "Identity source"),
    ):
        with pytest.raises(ClientError, match=words):
            asked_by_function(one_cloud, SIMPLE, "2.0", **settings)


# AWS_IAM


def signed(url: str, keys: Credentials, service: str = "execute-api") -> dict[str, str]:
    request = AWSRequest("GET", url, headers={"Host": urlsplit(url).netloc})
    SigV4Auth(keys, service, "us-east-1").add_auth(request)
    return {name.replace("-", "_"): value for name, value in request.headers.items()}


def test_iam(one_cloud: RunningCloud) -> None:
    api = http_api(one_cloud, "GET /a")
    one_cloud.client("apigatewayv2").update_route(
        ApiId=api["id"], RouteId=api["routes"]["GET /a"], AuthorizationType="AWS_IAM"
    )
    url = api["url"] + "/a"
    unsigned = ask(url)
    assert (unsigned.status, unsigned.json) == (403, {"message": "Forbidden"})
    own = Credentials(one_cloud.ready["access_key_id"], one_cloud.ready["secret_access_key"])
    event = ask(url, **signed(url, own)).json
    assert event["requestContext"]["authorizer"]["iam"]["accessKey"] == own.access_key
    assert ask(url, **signed(url, own, "lambda")).status == 403
    wrong = Credentials(own.access_key, "wrong")
    assert ask(url, **signed(url, wrong)).status == 403
    iam = one_cloud.client("iam")
    name = f"caller-{api['id']}"
    user = iam.create_user(UserName=name)["User"]
    key = iam.create_access_key(UserName=name)["AccessKey"]
    keys = Credentials(key["AccessKeyId"], key["SecretAccessKey"])
    assert ask(url, **signed(url, keys)).status == 403
    arn = f"arn:aws:execute-api:us-east-1:{ACCOUNT}:{api['id']}/*/GET/a"
    statement = {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": arn}
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=json.dumps(policy))
    event = ask(url, **signed(url, keys)).json
    assert event["requestContext"]["authorizer"]["iam"]["userArn"] == user["Arn"]


def test_the_control_plane_asks_for_methods_on_paths(one_cloud: RunningCloud) -> None:
    """Service Authorization Reference, API Gateway Management V2 (read 2026-11)."""
    api = http_api(one_cloud, "GET /a")
    iam = one_cloud.client("iam")
    name = f"admin-{api['id']}"
    iam.create_user(UserName=name)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    mine = one_cloud.client(
        "apigatewayv2", access_key=key["AccessKeyId"], secret_key=key["SecretAccessKey"]
    )
    with pytest.raises(
        ClientError,
        match=f"apigateway:GET on resource: arn:aws:apigateway:us-east-1::/apis/{api['id']}",
    ):
        mine.get_api(ApiId=api["id"])
    statement = {
        "Effect": "Allow",
        "Action": "apigateway:GET",
        "Resource": f"arn:aws:apigateway:us-east-1::/apis/{api['id']}*",
    }
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=json.dumps(policy))
    assert mine.get_api(ApiId=api["id"])["ApiId"] == api["id"]
    assert mine.get_routes(ApiId=api["id"])["Items"]
    with pytest.raises(ClientError, match="apigateway:DELETE"):
        mine.delete_api(ApiId=api["id"])
