"""For each template what it shows first, and a change with what is seen after it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Proof:
    """`shows` is in what `path` answers on the first port, or for a program without ports in what it prints.

    With `page` it is read in a browser, which is left open and must show the change by itself.
    With `look` the change is seen in what that command prints, as where the page asks for a token.
    Then `old`, which is in `file` once, becomes `new`, and `then` is to be seen in the same way. `health` is another
    path that must answer. `unproven` says what this leaves out, and why.
    """

    shows: str = ""
    file: str = ""
    old: str = ""
    new: str = ""
    then: str = ""
    path: str = "/"
    page: bool = False
    look: str = ""
    health: str = ""
    unproven: str = ""


PROOFS = {
    "astro": Proof(
        page=True,
        shows="Written now and then.",
        file="src/pages/index.astro",
        old="Written now and then.",
        new="Written every day.",
        then="Written every day.",
        health="/feed.xml",
    ),
    "docs-site": Proof(
        page=True,
        shows="In five minutes",
        file="src/content/docs/index.md",
        old="In five minutes",
        new="In ten minutes",
        then="In ten minutes",
    ),
    "fullstack-fastapi-react": Proof(
        page=True,
        shows="Nothing to do.",
        file="page/App.tsx",
        old="<h1>Tasks</h1>",
        new="<h1>What is left</h1>",
        then="What is left",
        health="/health",
    ),
    "game-canvas": Proof(
        page=True,
        shows="Catch the stars",
        file="index.html",
        old="Catch the stars",
        new="Catch all stars",
        then="Catch all stars",
    ),
    "nextjs": Proof(
        page=True,
        shows="Nobody has been here yet.",
        file="app/entries.tsx",
        old="Nobody has been here yet.",
        new="Be the first.",
        then="Be the first.",
        health="/health",
    ),
    "go-cli": Proof(
        shows="command_test.go",
        file="command.go",
        old='"%s\\t  %s\\n"',
        new='"%s\\t> %s\\n"',
        then="> command_test.go",
    ),
    "go-http": Proof(
        path="/health",
        shows='{"status":"ok"}',
        file="server.go",
        old='"status": "ok"',
        new='"status": "fine"',
        then='{"status":"fine"}',
    ),
    "java-spring": Proof(
        shows="This page speaks to the API",
        file="src/main/resources/static/index.html",
        old="This page speaks to",
        new="This page talks to",
        then="This page talks to the API",
        health="/health",
        unproven="a restart by itself, for which the editor's extension compiles",
    ),
    "llm-chat": Proof(
        page=True,
        shows="Ask me",
        file="app/static/index.html",
        old="<h1>Ask me</h1>",
        new="<h1>Ask us</h1>",
        look="curl -s http://127.0.0.1:8000/",
        then="Ask us",
        health="/health",
        unproven="an answer of a real model; the tests have a fake one",
    ),
    "mcp-server": Proof(
        path="/health",
        shows='{"status":"ok"}',
        file="server/main.py",
        old='{"status": "ok"}',
        new='{"status": "fine"}',
        then='{"status":"fine"}',
    ),
    "node-cli": Proof(
        shows="README.md: 1 min",
        file="src/program.ts",
        old="${minutes} min (",
        new="${minutes} minutes (",
        then="README.md: 1 minutes",
    ),
    "node-express": Proof(
        path="/health",
        shows='{"status":"ok"}',
        file="src/app.js",
        old='{ status: "ok" }',
        new='{ status: "fine" }',
        then='{"status":"fine"}',
    ),
    "node-fastify": Proof(
        path="/health",
        shows='{"status":"ok"}',
        file="src/app.ts",
        old='{ status: "ok" }',
        new='{ status: "fine" }',
        then='{"status":"fine"}',
    ),
    "node-library": Proof(
        shows="strat: start",
        file="examples/correct.ts",
        old='"restart"]',
        new='"strata"]',
        then="strat: strata",
    ),
    "python-datadog": Proof(
        path="/health",
        shows='{"status":"ok"}',
        file="app/main.py",
        old='{"status": "ok"}',
        new='{"status": "fine"}',
        then='{"status":"fine"}',
        unproven="traces that reach an agent",
    ),
    "python-django": Proof(
        shows="Reading list",
        file="books/templates/books/index.html",
        old="What to read",
        new="What one could read",
        then="What one could read",
        health="/health",
    ),
    "python-django-postgresql": Proof(
        shows="Reading list",
        file="books/templates/books/index.html",
        old="What to read",
        new="What one could read",
        then="What one could read",
        health="/health",
    ),
    "python-duckdb": Proof(
        shows="6 good lines of 2 files",
        file="pipeline/sql/check.sql",
        old="<= 0 THEN 'no amount'",
        new="<= 2 THEN 'no amount'",
        then="3 good lines of 2 files",
    ),
    "python-fastapi": Proof(
        path="/health",
        shows='{"status":"ok"}',
        file="app/main.py",
        old='{"status": "ok"}',
        new='{"status": "fine"}',
        then='{"status":"fine"}',
    ),
    "python-flask": Proof(
        shows="Nobody has been here yet",
        file="app/templates/index.html",
        old="Nobody has been here yet",
        new="Be the first",
        then="Be the first",
        health="/health",
    ),
    "python-library": Proof(
        shows="The talks take 2h 35m",
        file="examples/timer.py",
        old='"45m"',
        new='"50m"',
        then="The talks take 2h 40m",
    ),
    "python-ml": Proof(
        shows="Learning from 133 wines",
        file="ml/data.py",
        old="test_size=0.25",
        new="test_size=0.5",
        then="Learning from 89 wines",
    ),
    "python-notebook": Proof(
        path="/api",
        shows='"version"',
        file="analysis.ipynb",
        old="The warmest month was month",
        new="It was warmest in month",
        look="uv run jupyter nbconvert --execute --to markdown --stdout analysis.ipynb",
        then="It was warmest in month 7.",
        health="/lab",
    ),
    "python-operator": Proof(unproven="run and change: they need a cluster; the tests have a fake API server"),
    "python-postgresql": Proof(
        path="/health",
        shows='{"status":"ok"',
        file="app/main.py",
        old='"status": "ok"',
        new='"status": "fine"',
        then='{"status":"fine"',
    ),
    "python-redis": Proof(
        path="/health",
        shows='{"status":"ok"',
        file="app/main.py",
        old='"status": "ok"',
        new='"status": "fine"',
        then='{"status":"fine"',
    ),
    "python-streamlit": Proof(
        page=True,
        shows="Turnover",
        file="dashboard.py",
        old="Made-up numbers",
        new="Invented numbers",
        then="Invented numbers",
        health="/_stcore/health",
    ),
    "python-textual": Proof(
        shows="What is to be done?",
        file="app/main.py",
        old="What is to be done?",
        new="What is next?",
        then="What is next?",
    ),
    "python-typer": Proof(
        shows="README.md",
        file="src/tally/cli.py",
        old='table.add_column("File", whole.path)',
        new='table.add_column("Document", whole.path)',
        then="Document",
    ),
    "python-worker": Proof(
        shows="Hello, Ada!",
        file="worker/tasks.py",
        old="Hello, %s!",
        new="Good morning, %s!",
        then="Good morning, Ada!",
    ),
    "rust-axum": Proof(
        shows="This page speaks to the API",
        file="static/index.html",
        old="This page speaks to",
        new="This page talks to",
        then="This page talks to the API",
        health="/health",
    ),
    "rust-cli": Proof(
        shows="  the",
        file="src/main.rs",
        old='"{:>6}  {}"',
        new='"{:>6}x {}"',
        then="x the",
    ),
    "static-site": Proof(
        shows="Hello there",
        file="site/index.html",
        old="Plain pages",
        new="Very plain pages",
        then="Very plain pages",
        health="/about.html",
    ),
    "vite-react": Proof(
        page=True,
        shows="Nothing to buy.",
        file="src/App.tsx",
        old="<h1>Shopping list</h1>",
        new="<h1>What we need</h1>",
        then="What we need",
    ),
    "vite-solid": Proof(
        page=True,
        shows="Nothing to buy.",
        file="src/App.tsx",
        old="<h1>Shopping list</h1>",
        new="<h1>What we need</h1>",
        then="What we need",
    ),
    "vite-svelte": Proof(
        page=True,
        shows="Nothing to buy.",
        file="src/App.svelte",
        old="<h1>Shopping list</h1>",
        new="<h1>What we need</h1>",
        then="What we need",
    ),
    "vite-vue": Proof(
        page=True,
        shows="Nothing to buy.",
        file="src/App.vue",
        old="<h1>Shopping list</h1>",
        new="<h1>What we need</h1>",
        then="What we need",
    ),
}
