"""How a model is to write its edits; which way suits it, experience with it on this machine tells."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

EditFormat = Literal["blocks", "whole"]
"""`blocks`: search/replace blocks, short and for strong models. `whole`: whole files, which small ones get right."""

ENOUGH = 5
"""Edits of one format after which its share of success says something."""

GOOD = 0.8
"""The share of blocks that must find their place for a model to go on with them."""

SMALL = 16
"""Billions of parameters up to which a model is given whole files to write, until it has shown better."""

_SIZE = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)b(?![a-z0-9])", re.IGNORECASE)

_COMMON = """\
You change the files of a project for the person you talk with. Say in one to three sentences what you do and why, then
give the edits. Change only what was asked for. Paths are relative to the project's folder. Never invent the content of
a file that you have not been shown: ask for it by name instead.

To delete a file, write one line: `<<<<<<< DELETE path/of/file`.
If a command should be run afterwards (installing, testing), put it in a fence with the info string `run`; the person is
asked first.
```run
npm install
```
Text like __SECRET_1__ stands for a secret that you are not shown: copy it as it is.
"""

_BLOCKS = """
Each edit is a search/replace block. Above it the file's path, alone on its line:

src/app.py
<<<<<<< SEARCH
def total(items):
    return sum(items)
=======
def total(items, tax=0):
    return sum(items) * (1 + tax)
>>>>>>> REPLACE

- The lines under SEARCH are copied from the file exactly: every space, every comment, whole lines.
- They must occur only once in the file: take as many lines around the change as that needs, and no more.
- Several changes in a file are several blocks, from top to bottom. Never abbreviate with `...`.
- A new file is a block with nothing under SEARCH.
"""

_WHOLE = """
For each file that you change or add, write its path alone on a line and, below it, a fence with the WHOLE new content
of the file:

src/app.py
```
def total(items, tax=0):
    return sum(items) * (1 + tax)
```

- Write every line, also those that stay the same. Never abbreviate with `...` or comments like "rest unchanged".
- A file that itself has ``` in it goes into a fence of four: ````.
"""

INSTRUCTIONS: Mapping[EditFormat, str] = {"blocks": _COMMON + _BLOCKS, "whole": _COMMON + _WHOLE}


@dataclass(frozen=True, slots=True)
class Experience:
    """How many edits of one model and format found their place, and how many did not."""

    placed: int = 0
    failed: int = 0

    @property
    def share(self) -> float | None:
        """None where there were too few to tell."""
        total = self.placed + self.failed
        return self.placed / total if total >= ENOUGH else None


def choose_format(model: str, context: int | None, experience: Mapping[EditFormat, Experience]) -> EditFormat:
    """The format for a model with that id and window of tokens."""
    blocks = experience.get("blocks", Experience()).share
    if blocks is not None:
        return "blocks" if blocks >= GOOD else "whole"
    sizes = [float(size) for size in _SIZE.findall(model)]
    if (sizes and min(sizes) <= SMALL) or (context is not None and context < 16_000):
        return "whole"
    return "blocks"
