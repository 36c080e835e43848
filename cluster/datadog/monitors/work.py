"""What is done in Datadog, as events. Stopped anywhere, the same call does the rest."""

from collections.abc import AsyncIterator, Sequence

from cluster.datadog.client import DatadogApi
from cluster.datadog.errors import DatadogError, DatadogMonitorError, DatadogNotFoundError
from cluster.datadog.monitors.found import FoundMonitor
from cluster.datadog.monitors.plan import Creation, Plan, Update
from templates.events import Event, Step, Steps, stream

MONITOR = "/api/v1/monitor"


def apply(api: DatadogApi, plan: Plan) -> AsyncIterator[Event]:
    """Has every query judged, then makes what is not there and changes what differs; deletes nothing.

    Raises DatadogMonitorError for a monitor that Datadog does not take: nothing was written then.
    """

    async def work(steps: Steps) -> None:
        todo: tuple[Creation | Update, ...] = (*plan.create, *plan.update)
        if not todo:
            return
        async with steps.step("validate", "Having the queries judged") as step:
            for number, one in enumerate(todo):
                step.progress(one.monitor.id, number / len(todo))
                await _validate(api, one)
        async with steps.step("write", "Writing the monitors") as step:
            for number, one in enumerate(todo):
                step.progress(one.monitor.id, number / len(todo))
                await _write(api, one)
            step.note = f"{len(plan.create)} made, {len(plan.update)} changed"

    return stream(work)


def destroy(api: DatadogApi, found: Sequence[FoundMonitor]) -> AsyncIterator[Event]:
    """Deletes these; one that is gone already is no error."""

    async def work(steps: Steps) -> None:
        async with steps.step("delete", "Deleting the monitors") as step:
            for number, one in enumerate(found):
                step.progress(one.name, number / len(found))
                await _delete(api, one, step)

    return stream(work)


async def _validate(api: DatadogApi, one: Creation | Update) -> None:
    try:
        await api.request("POST", f"{MONITOR}/validate", body=one.body)
    except DatadogError as error:
        if type(error) is not DatadogError:
            raise
        raise DatadogMonitorError(f"{one.monitor.id}: {error.detail}") from error


async def _write(api: DatadogApi, one: Creation | Update) -> None:
    match one:
        case Creation():
            await api.request("POST", MONITOR, body=one.body)
        case Update():
            await api.request("PUT", f"{MONITOR}/{one.found.id}", body=one.body)


async def _delete(api: DatadogApi, one: FoundMonitor, step: Step) -> None:
    try:
        await api.request("DELETE", f"{MONITOR}/{one.id}")
    except DatadogNotFoundError:
        step.note = "some were gone already"
