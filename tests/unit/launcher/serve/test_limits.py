"""How much the server takes."""

import pytest

from launcher.serve.errors import TooManyRequestsError
from launcher.serve.limits import Bucket


def test_a_bucket_gives_as_much_as_flows_in() -> None:
    now = 0.0
    bucket = Bucket(2.0, 3, clock=lambda: now)
    for _ in range(3):
        bucket.take()
    with pytest.raises(TooManyRequestsError):
        bucket.take()
    now = 0.5
    bucket.take()
    with pytest.raises(TooManyRequestsError):
        bucket.take()
