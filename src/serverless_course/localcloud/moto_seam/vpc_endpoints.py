"""VPC endpoints in moto, where EC2's own rules are missing.

moto 5.2.5 takes any name for a service's, gives an endpoint that is made without a type none, puts
a second gateway endpoint over the first, and makes no route when its route tables are changed.
Then it can delete neither the endpoint nor, with it, the VPC.
Source: EC2 API model and VPC User Guide (read 2026-11).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .interfaces import owned_by, refused
from .seam import replace

# What the names of endpoint services begin with.
NAMES = ("com.amazonaws.", "cn.com.amazonaws.", "aws.")


def install() -> None:
    """Give moto EC2's rules for endpoints."""
    from moto.ec2.models import EC2Backend  # noqa: PLC0415 - moto loads late

    replace(EC2Backend, "create_vpc_endpoint", _creating)
    replace(EC2Backend, "modify_vpc_endpoint", _modifying)
    replace(EC2Backend, "delete_vpc_endpoints", _deleting)


def _creating(create: Any) -> Any:
    def create_vpc_endpoint(
        backend: Any, vpc_id: str, service_name: str, *args: Any, **settings: Any
    ) -> Any:
        kind = settings["endpoint_type"] = settings.get("endpoint_type") or "Gateway"
        if not service_name.startswith(NAMES):
            raise refused(
                "InvalidServiceName", f"The Vpc Endpoint Service '{service_name}' does not exist"
            )
        if kind == "Gateway":
            _refuse_second(backend, service_name, settings.get("route_table_ids") or [])
        if kind == "Interface" and not settings.get("security_group_ids"):
            # Without a choice EC2 takes the VPC's default group.
            group = backend.get_default_security_group(vpc_id)
            settings["security_group_ids"] = [group.id] if group else []
        made = create(backend, vpc_id, service_name, *args, **settings)
        for eni_id in made.network_interface_ids:
            eni = backend.enis[eni_id]
            owned_by(eni, "vpc_endpoint", f"VPC Endpoint Interface {made.id}")
            groups = map(backend.get_security_group_from_id, made.security_group_ids)
            eni._group_set = [group for group in groups if group]
        return made

    return create_vpc_endpoint


def _modifying(modify: Any) -> Any:
    def modify_vpc_endpoint(backend: Any, vpc_id: str, **changes: Any) -> None:
        # moto calls the endpoint's id vpc_id.
        (door,) = backend.describe_vpc_endpoints(vpc_end_point_ids=[vpc_id])
        before = list(door.route_table_ids)
        new = [each for each in changes.get("add_route_tables") or [] if each not in before]
        _refuse_second(backend, door.service_name, new)
        modify(backend, vpc_id, **changes)
        target = door.destination_prefix_list_id
        if target is None:
            return
        for table in new:
            backend.create_route(table, None, gateway_id=vpc_id, destination_prefix_list_id=target)
        for table in before:
            if table not in door.route_table_ids:
                backend.delete_route(table, target)

    return modify_vpc_endpoint


def _deleting(delete: Any) -> Any:
    def delete_vpc_endpoints(backend: Any, vpce_ids: Sequence[str] | None = None) -> None:
        for each in vpce_ids or []:
            door = backend.vpc_end_points.get(each)
            if door is not None and door.vpc_endpoint_type == "Gateway":
                # Route tables and routes that somebody has deleted by hand need no more deleting.
                door.route_table_ids = [
                    table for table in door.route_table_ids if _leads_to(backend, table, each)
                ]
        delete(backend, vpce_ids)

    return delete_vpc_endpoints


def _leads_to(backend: Any, table: str, endpoint: str) -> bool:
    found = backend.route_tables.get(table)
    routes = found._routes.values() if found else ()
    return any(getattr(route.gateway, "id", None) == endpoint for route in routes)


def _refuse_second(backend: Any, service: str, route_tables: Sequence[str]) -> None:
    """A route table has one gateway endpoint for a service, and no second one."""
    for door in list(backend.vpc_end_points.values()):
        if door.vpc_endpoint_type != "Gateway" or door.service_name != service:
            continue
        for table in route_tables if door.state != "deleted" else ():
            if table in door.route_table_ids:
                raise refused(
                    "RouteAlreadyExists",
                    f"route table {table} already has a route with destination-prefix-list-id "
                    f"{door.destination_prefix_list_id}",
                )
