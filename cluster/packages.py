"""Where package managers keep what they have fetched, so that the second workspace that needs it need not wait for it.

Shared, it is quick, and it is one more thing that workspaces have in common: what runs in one of them could put
something else in its place. npm compares what it reads with the hash in a lock file, where the project brings one; uv,
pip, Go and Maven trust what they have unpacked or compiled. Where workspaces hold what you do not trust, give each its
own.

Cargo's is never shared: its lock, its configuration and its credentials are in the one folder that its registry is in
(CARGO_HOME), so that whoever shared the registry alone would leave the lock behind.

Sources: uv (UV_CACHE_DIR), npm's configuration (cache), pip (PIP_CACHE_DIR), `go help environment` (GOMODCACHE and
GOCACHE), https://doc.rust-lang.org/cargo/guide/cargo-home.html. What is shared is made for several processes at once.
"""

import os
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
        "GOMODCACHE": f"{folder}/go/modules",
        "GOCACHE": f"{folder}/go/build",
    }


def maven_arguments(folder: str, home: str) -> str:
    """For MAVEN_ARGS (Maven 3.9 and later, which splits it at blanks): what is downloaded is kept below `folder`.

    What the workspace itself installs stays below `home`. Each file is locked between processes, for as long as
    downloads take. Sources: https://maven.apache.org/resolver-1.x/local-repository.html (split; the prefix is a path
    from the repository) and …/configuration.html (aether.syncContext.named.…; the time is in seconds).
    """
    own, shared = f"{home}/.m2/repository", f"{folder}/maven"
    return " ".join(
        f"-D{name}={value}"
        for name, value in {
            "maven.repo.local": own,
            "aether.enhancedLocalRepository.split": "true",
            "aether.enhancedLocalRepository.remotePrefix": os.path.relpath(shared, own),
            "aether.syncContext.named.factory": "file-lock",
            "aether.syncContext.named.nameMapper": "file-gav",
            "aether.syncContext.named.basedir.locksDir": f"{shared}/.locks",
            "aether.syncContext.named.time": "900",
        }.items()
    )
