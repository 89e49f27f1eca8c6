"""Which cloud the course talks to: the embedded one, another endpoint, or AWS."""

from __future__ import annotations

import difflib
import hashlib
import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Protocol

import boto3
import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from serverless_course.aws.configured_endpoints import configured_endpoints
from serverless_course.aws.embedded import Ready, embedded_cloud
from serverless_course.aws.guard import ACCOUNT_VARIABLE, confirm_account
from serverless_course.aws.ledger import state_dir
from serverless_course.aws.shared_cloud import WISH, WISHES, Owner, SharedCloud, shared_cloud

Kind = Literal["embedded", "endpoint", "aws"]
DEFAULT_REGION = "us-east-1"
INSTANCE_LETTERS = 12

# A function may run for 900 s; the answer comes 10 s later at most. A retried Invoke would run
# the function twice, so botocore must not retry it.
INVOKE_CONFIG = Config(
    read_timeout=910,
    connect_timeout=10,
    retries={"max_attempts": 0},
    tcp_keepalive=True,
    max_pool_connections=50,
)
OTHER_CONFIG = Config(connect_timeout=10, retries={"mode": "standard", "total_max_attempts": 5})


class Server(Protocol):
    """A running embedded cloud."""

    @property
    def ready(self) -> Ready:
        """How to reach it."""

    def check(self, *, settle_s: float = 0.0) -> None:
        """Raise EmbeddedCloudError if it has stopped."""


class ConnectError(RuntimeError):
    """The settings do not say clearly which cloud to use; the message says what to change."""


@dataclass(frozen=True)
class Cloud:
    """The cloud of a lab.

    Attributes:
        kind: ``"embedded"``, ``"endpoint"`` or ``"aws"``.
        session: a ``boto3.Session`` whose clients need :attr:`endpoint_url`; prefer
            :meth:`client`.
        region: AWS Region.
        account_id: account that the credentials belong to, 12 digits.
        endpoint_url: where clients send requests; None on AWS.
        clock_factor: how many times faster than on AWS its long waits run; 1.0 on AWS.
        description: one line for a banner.
        instance: which of the embedded clouds it is; "" elsewhere.
        is_shared: whether other kernels use the same embedded cloud.
        is_new: whether this process has started the shared cloud.
    """

    kind: Kind
    session: Any
    region: str
    account_id: str
    endpoint_url: str | None
    clock_factor: float
    description: str
    instance: str = ""
    is_shared: bool = False
    is_new: bool = False
    _clients: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)
    _lock: Any = field(default_factory=threading.Lock, repr=False, compare=False)

    @property
    def target(self) -> str:
        """What sets this cloud apart in the ledger: :attr:`place`, and which embedded cloud it is.

        An embedded cloud's resources end with it.
        """
        return f"{self.place} {self.instance}".rstrip()

    @property
    def place(self) -> str:
        """Kind, endpoint, account and Region: the same for an embedded cloud started again."""
        where = self.endpoint_url if self.kind == "endpoint" else self.kind
        return f"{where} {self.account_id} {self.region}"

    def with_own_clients(self) -> Cloud:
        """The same cloud, with clients that nobody listens to."""
        return replace(self, _clients={}, _lock=threading.Lock())

    def client(self, service: str, **kwargs: Any) -> Any:
        """A boto3 client, made once for each service.

        Args:
            service: boto3's name of the service, for example ``"lambda"``.
            **kwargs: passed to ``Session.client``; a client made with any is not kept.
                A ``config`` is laid over the course's own.
        """
        if kwargs:
            return self._make(service, **kwargs)
        with self._lock:
            if service not in self._clients:
                self._clients[service] = self._make(service)
            return self._clients[service]

    def _make(self, service: str, config: Config | None = None, **kwargs: Any) -> Any:
        base = INVOKE_CONFIG if service == "lambda" else OTHER_CONFIG
        if self.kind == "embedded":
            # A proxy of the learner's network cannot reach this machine's loopback, and no name
            # such as sync-127.0.0.1 leads there.
            local = Config(proxies={}, s3={"addressing_style": "path"}, inject_host_prefix=False)
            base = base.merge(local)
        settings = {"endpoint_url": self.endpoint_url, "region_name": self.region, **kwargs}
        return self.session.client(service, config=base.merge(config or Config()), **settings)


def connect(environ: Mapping[str, str] | None = None) -> Cloud:
    """The cloud that the environment variables ask for.

    ``AWS_ENDPOINT_URL`` names an AWS-compatible server. ``COURSE_TARGET=aws`` asks for the
    learner's account, which ``COURSE_ACCOUNT_ID`` must name. Otherwise it is the embedded cloud,
    started when needed: one for the kernels of a JupyterLab, else one for each process;
    ``COURSE_CLOUD`` (``own`` or ``shared``) chooses. ``COURSE_REGION`` (or AWS's own variables)
    chooses the Region.

    Args:
        environ: environment variables; this process's own when left out.

    Raises:
        ConnectError: contradicting settings, an endpoint set elsewhere with
            ``COURSE_TARGET=aws``, or a server that does not answer.
        AccountNotConfirmed: ``COURSE_TARGET=aws`` and the account is not the named one.
        EmbeddedCloudError: the embedded cloud did not start.
    """
    env = os.environ if environ is None else environ
    target = env.get("COURSE_TARGET", "").strip().lower()
    endpoint = env.get("AWS_ENDPOINT_URL", "").strip()
    if target not in ("", "aws", "embedded"):
        raise ConnectError(
            f"COURSE_TARGET is {target!r}. Set it to 'aws' for your own account, or unset it for "
            "the embedded cloud."
        )
    if target and endpoint:
        raise ConnectError(
            f"COURSE_TARGET={target} and AWS_ENDPOINT_URL={endpoint} are both set, and they name "
            "two different clouds. Unset one of them."
        )
    if env.get(WISH, "").strip().lower() not in WISHES:
        raise ConnectError(
            f"{WISH} is {env[WISH]!r}. Set it to 'own' for an embedded cloud of this process's "
            "own, to 'shared' for one that others use too, or unset it."
        )
    if endpoint:
        return _at_endpoint(endpoint, _region(env) or DEFAULT_REGION)
    if target == "aws":
        return _on_aws(_region(env), env)
    region = env.get("COURSE_REGION") or DEFAULT_REGION
    _check_region(region)
    owner = Owner.of(env)
    if owner is None:
        return on_embedded(embedded_cloud(region))
    return on_embedded(shared_cloud(region, owner, state_dir(env)))


def _region(env: Mapping[str, str]) -> str | None:
    names = ("COURSE_REGION", "AWS_REGION", "AWS_DEFAULT_REGION")
    return next((env[name] for name in names if env.get(name)), None)


def _check_region(region: str) -> None:
    """Raise ConnectError for a Region that the embedded cloud cannot play."""
    if region == DEFAULT_REGION:
        return
    core = _blind_core()
    known = sorted(
        name
        for partition in core.get_available_partitions()
        for name in core.get_available_regions("lambda", partition)
    )
    if region not in known:
        near = difflib.get_close_matches(region, known, n=3)
        hint = f" Close to it: {', '.join(near)}." if near else ""
        raise ConnectError(
            f"COURSE_REGION={region} is no AWS Region with Lambda.{hint} Set another, or unset it "
            f"to use {DEFAULT_REGION}."
        )


def _session(*credentials: str, region: str | None, core: Any = None) -> Any:
    """A session with the learner's own settings. Raises ConnectError when they cannot be used."""
    try:
        return boto3.Session(*credentials, region_name=region, botocore_session=core)
    except BotoCoreError as error:
        raise ConnectError(
            f"The AWS settings of this computer cannot be used: {error}. Set AWS_PROFILE to a "
            "profile that 'aws configure list-profiles' shows, or unset it; to go on without an "
            "account, unset COURSE_TARGET and AWS_ENDPOINT_URL."
        ) from error


def _on_aws(region: str | None, env: Mapping[str, str]) -> Cloud:
    region = _session(region=region).region_name or DEFAULT_REGION
    core = botocore.session.Session()
    session = _session(region=region, core=core)
    # This process's own variables count, too: botocore reads them whatever `env` says.
    found = configured_endpoints({**os.environ, **env}, core)
    if found:
        raise ConnectError(
            "COURSE_TARGET=aws, but not all services would be those of AWS, so that nobody could "
            f"tell in which account something is made. Nothing was created. Found: "
            f"{'; '.join(found)}. Then restart the kernel. For the embedded cloud, unset "
            "COURSE_TARGET."
        )
    # What is set from now on must not part the services either.
    core.set_default_client_config(Config(ignore_configured_endpoint_urls=True))
    account = confirm_account(session, env.get(ACCOUNT_VARIABLE))
    return Cloud(
        kind="aws",
        session=session,
        region=region,
        account_id=account,
        endpoint_url=None,
        clock_factor=1.0,
        description=f"AWS, account {account}, Region {region}: what you create there may cost.",
    )


def _at_endpoint(endpoint: str, region: str) -> Cloud:
    session = _session(region=region)
    if session.get_credentials() is None:
        # Servers of this kind sign for anybody; boto3 needs some credentials to send a request.
        session = _session("test", "test", region=region)
    try:
        sts = session.client("sts", endpoint_url=endpoint, config=OTHER_CONFIG)
        account = str(sts.get_caller_identity()["Account"])
    except (BotoCoreError, ClientError, ResponseParserError, KeyError, ValueError) as error:
        raise ConnectError(
            f"No AWS-compatible server answered at AWS_ENDPOINT_URL={endpoint}. Start it, or "
            f"unset AWS_ENDPOINT_URL to use the embedded cloud. The client said: {error}"
        ) from error
    return Cloud(
        kind="endpoint",
        session=session,
        region=region,
        account_id=account,
        endpoint_url=endpoint,
        clock_factor=1.0,
        description=f"The AWS-compatible server at {endpoint}, account {account}, {region}.",
    )


def _blind_core() -> Any:
    """A botocore session that reads no file and no profile of the learner's."""
    # Without these, botocore would read ~/.aws and stumble over an AWS_PROFILE of the learner's.
    return botocore.session.Session(
        session_vars={
            "profile": (None, None, None, None),
            "config_file": (None, None, os.devnull, None),
            "credentials_file": (None, None, os.devnull, None),
        }
    )


def on_embedded(server: Server) -> Cloud:
    """The cloud that a running embedded server plays.

    The session holds the server's own credentials and reads no file and no profile of the
    learner's. Each call notices when the server has ended.
    """
    ready = server.ready
    session = boto3.Session(
        aws_access_key_id=ready.access_key_id,
        aws_secret_access_key=ready.secret_access_key,
        region_name=ready.region,
        botocore_session=_blind_core(),
    )

    def before(**_: Any) -> None:
        server.check()

    def after(caught_exception: Exception | None = None, **_: Any) -> None:
        if caught_exception is not None:
            server.check(settle_s=0.5)

    session.events.register_first("before-send", before)
    session.events.register_first("needs-retry", after)
    waits = f"long waits run {ready.clock_factor:g} times faster, durations are real"
    return Cloud(
        kind="embedded",
        session=session,
        region=ready.region,
        account_id=ready.account_id,
        endpoint_url=ready.endpoint,
        clock_factor=ready.clock_factor,
        description=f"The embedded cloud on this computer ({ready.region}): no account, no cost; "
        f"{waits}.",
        # Made by each server that starts; a ledger is no place for a key.
        instance=hashlib.sha256(ready.access_key_id.encode()).hexdigest()[:INSTANCE_LETTERS],
        is_shared=isinstance(server, SharedCloud),
        is_new=isinstance(server, SharedCloud) and server.is_new,
    )
