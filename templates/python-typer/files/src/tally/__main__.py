"""`python -m tally` is the same as `tally`."""

from tally.cli import app

app(prog_name="tally")
