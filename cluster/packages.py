"""Where package managers keep what they have fetched, so that the second workspace that needs it need not wait for it.

Shared, it is quick, and it is one more thing that workspaces have in common: what runs in one of them could put
something else in its place. npm compares what it reads with the hash in a lock file, where the project brings one; uv
and pip trust what they have unpacked. Where workspaces hold what you do not trust, give each its own.

Sources: uv (UV_CACHE_DIR), npm's configuration (cache), pip (PIP_CACHE_DIR). All three are made for use by several
processes at once.
"""

from typing import Literal

PackageCache = Literal["shared", "own"]

FOLDER = "VIBECODE_PACKAGES"
"""What runs in a workspace has it where there is a shared cache."""


def cache_variables(folder: str) -> dict[str, str]:
    """Each manager's own folder below `folder`."""
    return {
        FOLDER: folder,
        "UV_CACHE_DIR": f"{folder}/uv",
        "NPM_CONFIG_CACHE": f"{folder}/npm",
        "PIP_CACHE_DIR": f"{folder}/pip",
    }
