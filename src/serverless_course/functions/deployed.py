"""Which functions are deployed, for whoever names one that is not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import ClientError

from serverless_course.aws.names import prefix
from serverless_course.functions.function import Function, NotDeployed, name_of
from serverless_course.functions.patience import code_of, message_of


@contextmanager
def naming_those_deployed(client: Any, slug: str, function: Function | str) -> Iterator[None]:
    """Say of a function that is not there which ones are, and how to name them.

    Args:
        client: a boto3 client of Lambda.
        slug: the lab whose functions are named.
        function: the function that the body calls.

    Raises:
        NotDeployed: the body was told that the function is not there.
    """
    try:
        yield
    except ClientError as error:
        if code_of(error) != "ResourceNotFoundException":
            raise
        name = name_of(function)
        if not any(part in message_of(error) for part in (name, name.rsplit(":", 1)[-1])):
            raise
        pages = client.get_paginator("list_functions").paginate()
        names = [found["FunctionName"] for page in pages for found in page["Functions"]]
        own = [found for found in names if found.startswith(prefix(slug))]
        short = name.removeprefix(prefix(slug))
        there = ", ".join(own) or "none (in a new cloud, run the page from the top)"
        raise NotDeployed(
            f"There is no function {name!r} in this cloud. Deployed by {slug}: {there}. Pass what "
            f'lab.deploy returns: function = lab.deploy("{short}"), then lab.invoke(function).'
        ) from error
