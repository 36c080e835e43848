"""What can go wrong where workspaces live, each with an action that can work."""

from templates.errors import VibeCodeError


class DockerMissingError(VibeCodeError):
    code = "docker-missing"
    title = "Docker is not there"
    hint = "Install Docker (https://docs.docker.com/get-docker/), start it, then run `vibecode doctor`."


class DockerDownError(VibeCodeError):
    code = "docker-down"
    title = "Docker does not answer"
    hint = "Start Docker (`sudo systemctl start docker`, or open Docker Desktop), then run the same command again."


class DockerDeniedError(VibeCodeError):
    code = "docker-denied"
    title = "You may not use Docker"
    hint = "Run `sudo usermod -aG docker $USER`, sign out and in again, then run the same command again."


class DockerRemoteError(VibeCodeError):
    code = "docker-remote"
    title = "Docker runs on another machine"
    hint = "Use the Docker of this machine (`unset DOCKER_HOST; docker context use default`), then run it again."


class KindMissingError(VibeCodeError):
    code = "kind-missing"
    title = "`kind` is not there"
    hint = "`vibecode doctor --fix` downloads it with its checksum; or install it from https://kind.sigs.k8s.io."


class KindDownloadError(VibeCodeError):
    code = "kind-download-failed"
    title = "`kind` could not be downloaded"
    hint = "Run `vibecode doctor --fix` again; or install `kind` from https://kind.sigs.k8s.io."


class KindUnpublishedError(KindDownloadError):
    code = "kind-unpublished"
    hint = "Install `kind` from https://kind.sigs.k8s.io, or with Go: `go install sigs.k8s.io/kind@latest`."


class KindChecksumError(KindDownloadError):
    code = "kind-checksum-mismatch"
    title = "The `kind` that arrived is not the one that was published"
    hint = (
        "Run `vibecode doctor --fix` again; if it stays so, something between here and the release changes downloads."
    )


class ClusterCreateError(VibeCodeError):
    code = "cluster-create-failed"
    title = "The cluster could not be created"
    hint = "`vibecode doctor` shows what usually stops it; then run the same command again."


class ForeignClusterError(VibeCodeError):
    code = "cluster-foreign"
    title = "There is a cluster of this name that VibeCode did not make"
    hint = "Choose another name: `VIBECODE_CLUSTER=other vibecode up`. VibeCode never touches what it did not make."


class ClusterDownError(VibeCodeError):
    code = "cluster-down"
    title = "The cluster is not running"
    hint = "`vibecode up` starts it."


class ClusterBusyError(VibeCodeError):
    code = "cluster-busy"
    title = "Another VibeCode is working on this cluster"
    hint = "Wait for it to end, then run the same command again."


class ClusterUnreachableError(VibeCodeError):
    code = "cluster-unreachable"
    title = "The cluster does not answer"
    hint = "`vibecode status` shows its state; `vibecode up` repairs it."


class KubeconfigError(VibeCodeError):
    code = "kubeconfig-unusable"
    title = "The kubeconfig cannot be used"
    hint = "`vibecode up` writes VibeCode's own anew; `kubectl config get-contexts` shows what another holds."


class KubernetesTooOldError(VibeCodeError):
    code = "kubernetes-too-old"
    title = "This Kubernetes is too old"
    hint = "Use a cluster with Kubernetes 1.30 or later."


class ApiError(VibeCodeError):
    """The API server refused a request; `status` is its HTTP status, `reason` its machine-readable word."""

    code = "kubernetes-api"
    title = "Kubernetes refused a request"

    def __init__(self, detail: str, *, status: int, reason: str = "", hint: str | None = None) -> None:
        super().__init__(detail, hint=hint)
        self.status = status
        self.reason = reason


class PortTakenError(VibeCodeError):
    code = "port-taken"
    title = "A port that the cluster needs is taken"
    hint = "`vibecode doctor` says by whom; `VIBECODE_HTTP_PORT` and `VIBECODE_HTTPS_PORT` choose others."


class ImageBuildError(VibeCodeError):
    code = "image-build-failed"
    title = "The workspace image could not be built"
    hint = "Run the same command again; `VIBECODE_WORKSPACE_IMAGE` names an image of your own instead."


class ImagePullError(VibeCodeError):
    code = "image-pull-failed"
    title = "An image cannot be pulled"
    hint = "Check its name and your connection; a mirror can be set by the `VIBECODE_…_IMAGE` variables."


class ImageLoadError(VibeCodeError):
    code = "image-load-failed"
    title = "The workspace image could not be given to the cluster"
    hint = "Run the same command again; `vibecode status` shows whether the cluster is well."


class WorkspaceNameError(VibeCodeError):
    code = "name-invalid"
    title = "This cannot be a workspace's name"
    hint = "Use lower-case letters, digits and hyphens, start with a letter, at most 40 characters: `my-shop`."


class WorkspaceExistsError(VibeCodeError):
    code = "name-taken"
    title = "There is a workspace of this name already"
    hint = "Choose another name, or open it: `vibecode open NAME`."


class WorkspaceNotFoundError(VibeCodeError):
    code = "workspace-not-found"
    title = "There is no such workspace"
    hint = "`vibecode list` shows what there is."


class WorkspaceStoppedError(VibeCodeError):
    code = "workspace-stopped"
    title = "The workspace is stopped"
    hint = "`vibecode start NAME` starts it."


class WorkspaceFailedError(VibeCodeError):
    code = "workspace-failed"
    title = "The workspace does not start"
    hint = "`vibecode logs NAME` has the whole log; `vibecode delete NAME` removes it."


class VolumeFullError(VibeCodeError):
    code = "volume-full"
    title = "There is no room left for the files"
    hint = "Free disk space (`docker system df` shows what takes it), then run the same command again."


class SeedError(VibeCodeError):
    code = "seed-failed"
    title = "The files did not arrive whole"
    hint = "Run the same command again: it goes on where it stopped."


class ServiceNotFoundError(VibeCodeError):
    code = "service-not-found"
    title = "The workspace has no such service"
    hint = "`vibecode list --json` names the services of each workspace; a template's `services` asks for them."


class WorkspaceFilesError(VibeCodeError):
    code = "workspace-files"
    title = "The workspace's files cannot be reached"
    hint = "Nothing was changed. `vibecode logs NAME` and `vibecode exec NAME -- ls -la` show what is there."


class DependenciesError(VibeCodeError):
    code = "dependencies-failed"
    title = "The project's dependencies are not all installed"
    hint = "`vibecode exec NAME -- sh -c 'cat ~/.vibecode/install/log'` shows why; the workspace can be used."


class NotReadyError(VibeCodeError):
    code = "editor-not-ready"
    title = "The editor did not become ready"
    hint = "`vibecode logs NAME` shows why; `vibecode start NAME` waits for it again."


class EngineUnavailableError(VibeCodeError):
    code = "engine-unavailable"
    title = "This engine cannot be used"
    hint = "Use `VIBECODE_ENGINE=auto` or `VIBECODE_ENGINE=kind`."


class HomeUnusableError(VibeCodeError):
    code = "home-unusable"
    title = "VibeCode's own folder cannot be used"
    hint = "See to it that you may write there, or choose another: `export VIBECODE_HOME=/a/folder/of/yours`."


class HostFailedError(VibeCodeError):
    code = "local-host-failed"
    title = "The program that keeps local workspaces running did not start"
    hint = "Run the same command again."


class ProgramInstallError(VibeCodeError):
    code = "program-install-failed"
    title = "A program is not there, and could not be installed"
    hint = "Run the same command again; or install it yourself, so that it is on PATH."


class CodeServerInstallError(ProgramInstallError):
    code = "code-server-install-failed"
    title = "code-server is not there, and could not be installed"
    hint = "Run the same command again; or install it yourself: https://coder.com/docs/code-server/install."


class CodeServerChecksumError(CodeServerInstallError):
    code = "code-server-checksum-mismatch"
    title = "The code-server that arrived is not the one that was published"
    hint = "Run the same command again; if it stays so, something between here and the release changes downloads."


class ConsentNeededError(VibeCodeError):
    """What is not ours would run where nothing isolates it, and nobody has said yes to it."""

    code = "consent-needed"
    title = "This would run as you, and nobody has agreed to it"
    hint = "`vibecode new TEMPLATE` shows what would run, and asks; `--run` says yes beforehand."


class MoveError(VibeCodeError):
    code = "move-failed"
    title = "The workspace could not be moved"
    hint = "Nothing was deleted; run the same command again, once nobody changes its files."
