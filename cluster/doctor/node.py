"""Whether a cluster of our name is there already, in what state, and whose it is."""

from cluster.config import ClusterConfig
from cluster.doctor.check import Check, Subject
from cluster.doctor.docker_facts import DockerFacts
from cluster.kind.record import State

CLUSTER = Subject("cluster", "Cluster")


def check_cluster(config: ClusterConfig, facts: DockerFacts, state: State | None) -> Check:
    """`state` is what is on record about a cluster of ours; one without a record may be anybody's."""
    name, nodes = config.cluster, facts.nodes(config.cluster)
    if not nodes and state is None:
        return CLUSTER.passed(f"There is none yet; `vibecode up` makes {name}.")
    if state is None:
        other = next(free for number in range(2, 100) if not facts.nodes(free := f"{name}-{number}"))
        return CLUSTER.failed(
            f"There is a cluster {name} that VibeCode has no record of ({nodes[0].name}, {nodes[0].state}).",
            f"If it is VibeCode's, `vibecode up` takes it up again; if not, choose another name: "
            f"`VIBECODE_CLUSTER={other} vibecode up`.",
        )
    if not nodes and state.phase == "created":
        return CLUSTER.warned(
            f"The node of {name} was removed by something else, and its workspaces with it.",
            "`vibecode up` makes a new one.",
        )
    if state.phase == "creating":
        return CLUSTER.warned(f"The creation of {name} has not ended.", "`vibecode up` completes it.")
    if nodes[0].state != "running":
        return CLUSTER.warned(
            f"{name} is stopped ({nodes[0].state}).", "`vibecode up` starts it; everything in it is kept."
        )
    return CLUSTER.passed(f"{name} is running.")
