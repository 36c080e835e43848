"""`datadog status --what`: what the program tells of itself."""

from launcher.context import Context


async def what(context: Context) -> int:
    from launcher.telemetry.what import lines, what_is_sent

    found = await what_is_sent(context.loaded.values, context.console.environ)
    context.console.answer(found.as_dict(), "\n".join(lines(found)))
    return 0
