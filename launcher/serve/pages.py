"""The pages that are shown without access."""

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
