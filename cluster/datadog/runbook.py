"""The page for each alert: what it means, what to look at, what helps."""

from pathlib import Path

from cluster.datadog.errors import RunbookNotFoundError

RUNBOOKS = Path(__file__).with_name("runbooks")


def read_runbook(monitor: str) -> str:
    """The page, as Markdown, for the monitor with this id. Raises RunbookNotFoundError."""
    pages = {page.stem: page for page in RUNBOOKS.glob("*.md")}
    if monitor in pages:
        return pages[monitor].read_text(encoding="utf-8")
    from difflib import get_close_matches

    close = get_close_matches(monitor, pages, n=1)
    hint = f"Did you mean `vibecode datadog runbook {close[0]}`?" if close else None
    raise RunbookNotFoundError(f"No alert is called {monitor[:80]!r}.", hint=hint)
