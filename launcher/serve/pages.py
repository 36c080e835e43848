"""What pages may load, and those that are shown without access."""

_NO_ACCESS = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>This browser has no pass</title>
<h1>This browser has no pass</h1>
<p>VibeCode opens only for a browser that it sent here itself. The link that it opens works once, for five minutes.</p>
<p>Open it from a terminal:</p>
<p><code>vibecode serve --open</code></p>
</html>
"""


def no_access() -> str:
    return _NO_ACCESS


def content_security(*, scripts: str = "", connections: str = "") -> str:
    """The policy: nothing but our own, and, where they are named, one script and one place that it sends to."""
    return (
        f"default-src 'none'; script-src {_with_own(scripts)}; style-src 'self'; img-src 'self' data:; "
        f"connect-src {_with_own(connections)}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def _with_own(other: str) -> str:
    return f"'self' {other}".rstrip()
