"""Asks Datadog what has arrived, each part on its own, and none more often than its limits allow."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING

from cluster.datadog.errors import DatadogError, DatadogNotFoundError, DatadogRateLimitError, DatadogScopeError
from cluster.datadog.health.parts import Part, PartName

if TYPE_CHECKING:
    from cluster.datadog.client import DatadogApi
    from cluster.datadog.health.questions import Question


def _utc_now() -> datetime:
    return datetime.now(UTC)


class HealthReader:
    """Keeps what was told last: it is what is answered until a part may be asked again, and where it cannot be."""

    def __init__(self, now: Callable[[], datetime] = _utc_now, clock: Callable[[], float] = monotonic) -> None:
        self._now = now
        self._clock = clock
        self._whose: object = None
        self._kept: dict[PartName, Part] = {}
        self._not_before: dict[PartName, float] = {}

    async def read(self, api: "DatadogApi") -> tuple[Part, ...]:
        """Every part, with its own error where there is one; waits for no limit."""
        from cluster.datadog.health.questions import QUESTIONS

        if self._whose != api.whose:
            self._whose = api.whose
            self._kept.clear()
            self._not_before.clear()
        impatient = api.impatient()
        return tuple(await asyncio.gather(*(self._part(impatient, one) for one in QUESTIONS)))

    async def _part(self, api: "DatadogApi", question: "Question") -> Part:
        before = self._kept.get(question.part, Part(question.part))
        if self._clock() < self._not_before.get(question.part, 0):
            return before
        wait, error = question.every, None
        try:
            told, at = await question.ask(api, self._now()), self._now()
        except DatadogError as raised:
            told, at, error = before.told, before.at, _in_words(raised, question)
            wait = timedelta(seconds=raised.seconds if isinstance(raised, DatadogRateLimitError) else 0)
        self._not_before[question.part] = self._clock() + wait.total_seconds()
        part = self._kept[question.part] = Part(question.part, told, at, error)
        return part


def _in_words(error: DatadogError, question: "Question") -> DatadogError:
    if isinstance(error, DatadogScopeError):
        hint = f"Give the application key the scope {question.scope}, or use one of a person who may read this."
        return DatadogScopeError(error.detail, hint=hint)
    if isinstance(error, DatadogNotFoundError):
        return DatadogError(error.detail, hint="This part of Datadog may not be there for your organisation or site.")
    if isinstance(error, DatadogRateLimitError):
        hint = "It is asked again once that time has passed; what is shown until then is of before."
        return DatadogRateLimitError(error.detail, error.seconds, hint=hint)
    return error
