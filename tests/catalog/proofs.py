"""For each template what it shows first, and a change with what is seen after it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Proof:
    """`shows` is in what `path` answers on the first port, or for a program without ports in what it prints.

    Then `old`, which is in `file` once, becomes `new`, and `then` is to be seen in the same way. `health` is another
    path that must answer. `unproven` says what this leaves out, and why.
    """

    shows: str = ""
    file: str = ""
    old: str = ""
    new: str = ""
    then: str = ""
    path: str = "/"
    health: str = ""
    unproven: str = ""


PROOFS = {
    "node-express": Proof(
        path="/health",
        shows='{"status":"ok"}',
        file="src/app.js",
        old='{ status: "ok" }',
        new='{ status: "fine" }',
        then='{"status":"fine"}',
    ),
    "python-fastapi": Proof(
        path="/health",
        shows='{"status":"ok"}',
        file="app/main.py",
        old='{"status": "ok"}',
        new='{"status": "fine"}',
        then='{"status":"fine"}',
    ),
    "static-site": Proof(
        shows="Hello there",
        file="site/index.html",
        old="Plain pages",
        new="Very plain pages",
        then="Very plain pages",
        health="/about.html",
    ),
}
