"""A caller with few rights who writes requests by hand, and signs whatever scope he likes."""

from __future__ import annotations

from typing import Any

import requests
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from roles import acting_user
from running_cloud import RunningCloud

JSON = {"Content-Type": "application/x-amz-json-1.1"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Caller:
    """An IAM user with these statements and no others."""

    def __init__(self, cloud: RunningCloud, *statements: dict[str, Any]) -> None:
        self._endpoint = cloud.endpoint
        self.acting, self.name, _ = acting_user(cloud, *statements)
        key = cloud.client("iam").create_access_key(UserName=self.name)["AccessKey"]
        self._given = Credentials(key["AccessKeyId"], key["SecretAccessKey"])

    def send(
        self,
        service: str,
        target: str,
        headers: dict[str, str] | None = None,
        body: Any = b"",
        *,
        method: str = "POST",
        region: str = "us-east-1",
    ) -> requests.Response:
        """Send a request under a signature for any service and region."""
        request = AWSRequest(method, self._endpoint + target, data=body, headers=headers or {})
        kind = S3SigV4Auth if service == "s3" else SigV4Auth
        kind(self._given, service, region).add_auth(request)
        made = request.prepare()
        return requests.request(
            method,
            made.url,
            data=made.body,
            headers=dict(made.headers),
            timeout=60,
            allow_redirects=False,
        )
