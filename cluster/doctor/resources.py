"""Whether Docker has the memory and the disk that a cluster takes."""

from cluster.doctor.check import Check, Subject
from cluster.doctor.docker_facts import DockerFacts
from cluster.host import Host

MEMORY = Subject("memory", "Memory")
DISK = Subject("disk", "Disk")

GB = 10**9
"""Decimal: a machine sold with 4 GiB reports a little less than that, and passes."""
MEMORY_NEEDED, MEMORY_WANTED = 2 * GB, 4 * GB
DISK_NEEDED, DISK_WANTED = 4 * GB, 10 * GB


def check_memory(facts: DockerFacts, host: Host) -> Check:
    if facts.memory >= MEMORY_WANTED:
        return MEMORY.passed(f"Docker has {_gb(facts.memory)}.")
    hint = _more_memory(facts, host)
    if facts.memory >= MEMORY_NEEDED:
        detail = f"Docker has {_gb(facts.memory)}; with less than {_gb(MEMORY_WANTED)}, expect one small workspace."
        return MEMORY.warned(detail, hint)
    return MEMORY.failed(f"Docker has {_gb(facts.memory)}; Kubernetes needs {_gb(MEMORY_NEEDED)}.", hint)


def check_disk(facts: DockerFacts) -> Check | None:
    if facts.disk_free is None:
        return None
    where = f"at {facts.root}" if facts.here else "on this machine's disk, where Docker's virtual machine grows"
    free = f"{_gb(facts.disk_free)} free {where}"
    if facts.disk_free >= DISK_WANTED:
        return DISK.passed(f"{free}.")
    hint = (
        "`docker system prune` removes what no container uses (it asks first); `docker system df` shows what is used."
    )
    if facts.disk_free >= DISK_NEEDED:
        return DISK.warned(f"{free}; the images of a cluster take about {_gb(DISK_NEEDED)}, workspaces the rest.", hint)
    return DISK.failed(f"{free}; the images of a cluster take about {_gb(DISK_NEEDED)}.", hint)


def _more_memory(facts: DockerFacts, host: Host) -> str:
    if "colima" in facts.address:
        return "`colima stop && colima start --memory 6`."
    if host.system == "wsl":
        return "Put `memory=6GB` below `[wsl2]` in %UserProfile%\\.wslconfig, then `wsl --shutdown` in Windows."
    if host.system == "macos" or not facts.here:
        return "Raise the memory limit in Docker Desktop: Settings, Resources, Advanced."
    return "Give this machine more memory, or choose a smaller limit for workspaces: `VIBECODE_MEMORY=1Gi vibecode up`."


def _gb(size: int) -> str:
    return f"{size / GB:.1f} GB".replace(".0 GB", " GB")
