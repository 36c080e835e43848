"""How the library is used: run it with `uv run python examples/timer.py`."""

import durations

talks = ["45m", "1h 30m", "20m"]
print("The talks take", durations.show(sum((durations.parse(talk) for talk in talks), durations.parse("0s"))))
