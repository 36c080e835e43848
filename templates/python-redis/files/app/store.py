"""The store: the Redis that REDIS_URL names, or one in this process's memory where there is none."""

import os

import fakeredis
from redis import Redis

KIND = "redis" if "REDIS_URL" in os.environ else "memory"

_client: Redis = (
    Redis.from_url(os.environ["REDIS_URL"], decode_responses=True)
    if KIND == "redis"
    else fakeredis.FakeRedis(decode_responses=True)
)


def client() -> Redis:
    """What a route asks for with `Depends(client)`; it keeps connections open and may be used by many at once."""
    return _client
