"""What the local engine is made of, each part in words."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

from cluster.local.folders import LocalFolder
from cluster.local.listing import Found
from templates.text import size_in_words


def parts(folder: LocalFolder, host: Found | None) -> Mapping[str, str]:
    """Blocks for as long as the files do; without a host its own parts are left out."""
    storage = {"storage": f"{folder.workspaces}, {size_in_words(shutil.disk_usage(folder.home).free)} of the disk free"}
    if host is None:
        return {"host": "not running", **storage}
    contact, state = host
    program = Path(state["order"]["program"])
    version = code_server_version(program)
    return {
        "host": f"process {state['pid']}",
        "code-server": f"{version} ({program})" if version else str(program),
        "proxy": f"http://*.{contact.base_domain} on 127.0.0.1:{contact.port}",
        "limits": state["limits"],
        **storage,
    }


def code_server_version(program: Path) -> str | None:
    """As the package says in which the program lies, which is faster than to run it; None where none does."""
    for folder in list(program.resolve().parents)[:3]:
        try:
            told = json.loads((folder / "package.json").read_bytes())
            if told["name"] == "code-server":
                return str(told["version"])
        except (OSError, ValueError, TypeError, KeyError):
            continue
    return None
