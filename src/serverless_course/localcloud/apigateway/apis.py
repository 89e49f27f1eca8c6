"""All APIs of all regions, and who gives each of them its address."""

from __future__ import annotations

from typing import Protocol

from ..iam.account import ACCOUNT_ID
from .http_apis.http_api import HttpApi
from .refusals import not_found
from .rest_apis.rest_api import RestApi
from .rest_apis.usage import Usage

Api = HttpApi | RestApi


class Addresses(Protocol):
    """Where APIs are reached."""

    def open(self, api: Api) -> str:
        """Give an API its own port; returns the address, without a slash at its end."""

    def close(self, api: Api) -> None:
        """An API was deleted: its port is free."""


class Roles(Protocol):
    """What is asked of IAM."""

    def trusts_service(self, role_arn: str, service: str, source_arn: str = "") -> bool:
        """Whether a role exists and lets a service assume it."""


class Apis:
    """What the control plane writes and the data plane reads. Belongs to the event loop."""

    def __init__(self, addresses: Addresses, roles: Roles) -> None:
        self.roles = roles
        self._addresses = addresses
        self._apis: dict[tuple[str, str], Api] = {}
        self._usage: dict[str, Usage] = {}

    def find(self, region: str, api_id: str) -> Api | None:
        """The API of that id; None for none."""
        return self._apis.get((region, api_id))

    def http_api(self, region: str, api_id: str) -> HttpApi:
        """An HTTP API. Raises NotFoundException in AWS's words."""
        found = self.find(region, api_id)
        if not isinstance(found, HttpApi):
            raise not_found(f"Invalid API identifier specified {ACCOUNT_ID}:{api_id}")
        return found

    def rest_api(self, region: str, api_id: str) -> RestApi:
        """A REST API. Raises NotFoundException in AWS's words."""
        found = self.find(region, api_id)
        if not isinstance(found, RestApi):
            raise not_found(f"Invalid API identifier specified {ACCOUNT_ID}:{api_id}")
        return found

    def http_apis(self, region: str) -> list[HttpApi]:
        """The HTTP APIs of a region, in the order of their making."""
        every = self._apis.values()
        return [each for each in every if isinstance(each, HttpApi) and each.region == region]

    def rest_apis(self, region: str) -> list[RestApi]:
        """The REST APIs of a region, in the order of their making."""
        every = self._apis.values()
        return [each for each in every if isinstance(each, RestApi) and each.region == region]

    def region(self, name: str) -> Usage:
        """API keys and usage plans of a region."""
        return self._usage.setdefault(name, Usage())

    def add(self, api: Api) -> None:
        """Make an API known, and give it its address."""
        api.endpoint = self._addresses.open(api)
        self._apis[(api.region, api.id)] = api

    def remove(self, api: Api) -> None:
        """Forget an API."""
        del self._apis[(api.region, api.id)]
        self._addresses.close(api)
