import asyncio

import pytest

from cluster.errors import ApiError, ClusterUnreachableError
from cluster.kube.retry import TryAgainError, retrying


async def test_an_attempt_that_patience_ended_does_not_hide_why_it_was_made() -> None:
    refused, silent = ApiError("503", status=503), ClusterUnreachableError("it does not answer")
    errors = iter([refused, silent])

    async def attempt(left: float) -> None:
        if (error := next(errors)) is silent:
            await asyncio.sleep(left)
        raise TryAgainError(error)

    with pytest.raises(ApiError) as raised:
        await retrying(attempt, 0.3)
    assert raised.value is refused


async def test_a_server_that_is_silent_from_the_start_is_said_to_be() -> None:
    async def attempt(left: float) -> None:
        await asyncio.sleep(left)
        raise TryAgainError(ClusterUnreachableError("it does not answer"))

    with pytest.raises(ClusterUnreachableError):
        await retrying(attempt, 0.01)
