"""What the worker can do: each task is a function that takes texts, and may run twice."""

import logging
from collections.abc import Callable

logger = logging.getLogger(__name__)


def greet(name: str) -> None:
    logger.info("Hello, %s!", name)


def add_up(*numbers: str) -> None:
    logger.info("%s = %g", " + ".join(numbers), sum(float(number) for number in numbers))


TASKS: dict[str, Callable[..., None]] = {"greet": greet, "add_up": add_up}
