import asyncio
import random
import re
from pathlib import Path

import pytest

from cluster.config import ClusterConfig, Images
from cluster.errors import (
    DockerDownError,
    DockerMissingError,
    ImageBuildError,
    ImageLoadError,
    ImagePullError,
    KindMissingError,
    VolumeFullError,
)
from cluster.kind import image, image_build, image_load, service_image
from cluster.kind.output import BuildProgress, PullProgress
from templates.events import Event, Step, StepProgress
from tests.fakes.containers import ID, Containers

NODE = "shop-control-plane"
BASE = "codercom/code-server:4.139.1"
ROOT = Path(__file__).parents[3]


@pytest.fixture
def events() -> list[Event]:
    return []


@pytest.fixture
def step(events: list[Event]) -> Step:
    return Step("image", events.append)


@pytest.fixture
def config(tmp_path: Path) -> ClusterConfig:
    return ClusterConfig(home=tmp_path / "home", cluster="shop")


@pytest.fixture
def ours(config: ClusterConfig) -> str:
    return image.workspace_image(config)


def of_a_person(config: ClusterConfig, name: str) -> ClusterConfig:
    return ClusterConfig(home=config.home, cluster=config.cluster, images=Images(workspace=name))


def fractions(events: list[Event]) -> list[float]:
    return [event.fraction for event in events if isinstance(event, StepProgress) and event.fraction is not None]


def texts(events: list[Event]) -> list[str]:
    return [event.text for event in events if isinstance(event, StepProgress)]


async def until(path: Path) -> None:
    """Waits until a fake program has written the file."""
    async with asyncio.timeout(20):
        while not path.exists():
            await asyncio.sleep(0.01)


def test_our_image_is_named_after_what_it_is_built_from(config: ClusterConfig, ours: str) -> None:
    other = ClusterConfig(home=config.home, images=Images(code_server="mirror.example/code-server:4.139.1"))

    assert re.fullmatch(r"localhost/vibecode/workspace:[0-9a-f]{12}", ours)
    assert image.workspace_image(config) == ours
    assert image.workspace_image(other) != ours


def test_a_persons_image_is_used_under_its_own_name(config: ClusterConfig) -> None:
    assert image.workspace_image(of_a_person(config, "me/tools:2")) == "me/tools:2"


async def test_build_makes_our_dockerfile_on_the_configured_base(
    containers: Containers, config: ClusterConfig, ours: str, step: Step, events: list[Event]
) -> None:
    containers.add_to_docker(BASE)
    containers.play("build", "Step 1/4 : ARG BASE", "Step 3/4 : RUN apt-get update", "Setting up make (4.4) ...")

    await image_build.build(config, step)

    assert containers.calls("docker", "build") == [
        ["docker", "build", "--tag", ours, "--build-arg", f"BASE={BASE}", "-"]
    ]
    assert (containers.folder / "dockerfile").read_bytes() == (ROOT / "cluster/image/Dockerfile").read_bytes()
    assert texts(events) == ["ARG BASE", "RUN apt-get update", "Setting up make (4.4) ..."]
    assert fractions(events) == [0, 0.5, 0.5]
    assert not containers.calls("docker", "pull")


async def test_build_is_not_done_again(containers: Containers, config: ClusterConfig, ours: str, step: Step) -> None:
    containers.add_to_docker(ours)

    await image_build.build(config, step)

    assert not containers.calls("docker", "build")
    assert step.note == "was built before"


async def test_build_leaves_a_persons_image_alone(containers: Containers, config: ClusterConfig, step: Step) -> None:
    await image_build.build(of_a_person(config, "me/tools:2"), step)

    assert not containers.calls("docker")
    assert step.note is not None
    assert "me/tools:2" in step.note


async def test_build_pulls_a_base_that_is_absent(
    containers: Containers, config: ClusterConfig, ours: str, step: Step, events: list[Event]
) -> None:
    layers = ("0" * 12, "1" * 12)
    containers.play("pull", *(f"{layer}: Pulling fs layer" for layer in layers), f"{layers[0]}: Pull complete")
    containers.play("build", "Step 2/2 : RUN true")

    await image_build.build(config, step)

    assert containers.calls("docker", "pull") == [["docker", "pull", BASE]]
    assert f"fetching {BASE}: 1 of 2 layers" in texts(events)
    assert fractions(events) == [0, 0, 0.25, 0.75]
    assert containers.in_docker(ours)


async def test_a_base_that_cannot_be_pulled_is_named_with_its_setting(
    containers: Containers, config: ClusterConfig, step: Step
) -> None:
    containers.play("pull", "trying", "Error response from daemon: manifest unknown", code=1)

    with pytest.raises(ImagePullError) as caught:
        await image_build.build(config, step)

    assert caught.value.detail == f"{BASE}: manifest unknown"
    assert "VIBECODE_CODE_SERVER_IMAGE" in caught.value.hint
    assert step.log == ("trying", "Error response from daemon: manifest unknown")


@pytest.mark.parametrize(
    ("lines", "detail", "hint"),
    [
        (
            ["E: Unable to locate package g++", "The command '/bin/sh -c apt-get' returned a non-zero code: 100"],
            "`docker build`: Unable to locate package g++",
            ImageBuildError.hint,
        ),
        (
            ["#5 9.1 E: gone", "ERROR: failed to solve: process did not complete successfully: exit code: 100"],
            "failed to solve: process did not complete successfully: exit code: 100",
            ImageBuildError.hint,
        ),
        (["Error: write /x: No space left on device"], "No space left on device", VolumeFullError.hint),
        ([], "it said nothing", ImageBuildError.hint),
    ],
)
async def test_a_failed_build_tells_why(
    containers: Containers, config: ClusterConfig, step: Step, lines: list[str], detail: str, hint: str
) -> None:
    containers.add_to_docker(BASE)
    containers.play("build", *lines, code=1)

    with pytest.raises(ImageBuildError) as caught:
        await image_build.build(config, step)

    assert detail in caught.value.detail
    assert caught.value.hint == hint
    assert step.log == tuple(lines)


async def test_only_the_last_lines_of_a_failed_build_are_kept(
    containers: Containers, config: ClusterConfig, step: Step
) -> None:
    containers.add_to_docker(BASE)
    containers.play("build", *(f"line {number}" for number in range(500)), code=1)

    with pytest.raises(ImageBuildError):
        await image_build.build(config, step)

    assert step.log == tuple(f"line {number}" for number in range(470, 500))


async def test_a_builder_that_keeps_the_image_to_itself_is_told(
    containers: Containers, config: ClusterConfig, step: Step
) -> None:
    containers.add_to_docker(BASE)
    containers.play("build", then="lose")

    with pytest.raises(ImageBuildError) as caught:
        await image_build.build(config, step)

    assert "docker buildx use" in caught.value.hint


@pytest.mark.parametrize("command", ["pull", "build"])
async def test_a_docker_that_goes_away_is_what_is_told(
    containers: Containers, config: ClusterConfig, step: Step, command: str
) -> None:
    containers.play(command, "error during connect: EOF", code=1, then="cut")

    with pytest.raises(DockerDownError):
        await image_build.build(config, step)


async def test_a_docker_that_hangs_is_given_up(
    containers: Containers, config: ClusterConfig, step: Step, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(image, "ANSWERED_WITHIN", 0.1)
    containers.play("inspect", then="hang")

    with pytest.raises(DockerDownError, match="`docker image` took"):
        await image_build.build(config, step)

    assert containers.running() == []


async def test_build_without_the_docker_command(
    containers: Containers, config: ClusterConfig, step: Step, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(containers.folder))

    with pytest.raises(DockerMissingError):
        await image_build.build(config, step)


@pytest.mark.parametrize("command", ["pull", "build"])
async def test_a_cancelled_build_leaves_nothing_running(
    containers: Containers, config: ClusterConfig, step: Step, command: str
) -> None:
    containers.play(command, then="hang")
    work = asyncio.ensure_future(image_build.build(config, step))
    await until(containers.folder / f"{command}.hangs")

    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work

    assert containers.calls("docker", command)
    assert containers.running() == []


@pytest.fixture
def archive(containers: Containers, ours: str) -> bytes:
    """Our image in Docker, and what `docker save` writes of it: 4 MiB, more than the buffers on the way take."""
    content = random.Random(0).randbytes(4 << 20)
    (containers.folder / "archive").write_bytes(content)
    containers.add_to_docker(ours)
    return content


async def test_load_hands_the_archive_to_kind(
    containers: Containers, config: ClusterConfig, ours: str, archive: bytes, step: Step, events: list[Event]
) -> None:
    await image_load.load(config, NODE, step)

    assert containers.calls("kind") == [
        ["kind", "load", "image-archive", "/dev/stdin", "--name", "shop", "--nodes", NODE]
    ]
    assert (containers.folder / "received").read_bytes() == archive
    assert texts(events)[0] == "Docker writes the archive"
    assert texts(events)[-2:] == ["4 of about 4 MB", "the node unpacks it"]
    assert fractions(events) == sorted(set(fractions(events)))
    assert fractions(events)[-1] > 0.98


async def test_load_is_not_done_again(
    containers: Containers, config: ClusterConfig, archive: bytes, step: Step
) -> None:
    await image_load.load(config, NODE, step)
    await image_load.load(config, NODE, step)

    assert len(containers.calls("kind")) == 1
    assert step.note == "was there already"


async def test_an_image_built_anew_under_its_name_is_loaded_again(
    containers: Containers, config: ClusterConfig, archive: bytes, step: Step
) -> None:
    mine = of_a_person(config, "me/tools:dev")
    containers.add_to_docker("me/tools:dev")
    await image_load.load(mine, NODE, step)
    containers.add_to_docker("me/tools:dev", "sha256:" + "c" * 64)

    await image_load.load(mine, NODE, step)

    assert len(containers.calls("kind")) == 2


async def test_an_image_of_the_same_name_that_came_from_elsewhere_is_replaced(
    containers: Containers, config: ClusterConfig, ours: str, archive: bytes, step: Step
) -> None:
    containers.add_to_node(ours)

    await image_load.load(config, NODE, step)

    assert len(containers.calls("kind")) == 1


@pytest.mark.parametrize(
    ("api", "platform"),
    [("1.52", ["--platform", "linux/arm64/v8"]), ("1.48", ["--platform", "linux/arm64/v8"]), ("1.47", []), ("", [])],
)
async def test_save_names_the_platform_where_docker_knows_how(
    containers: Containers, config: ClusterConfig, ours: str, archive: bytes, step: Step, api: str, platform: list[str]
) -> None:
    containers.set_api(api)

    await image_load.load(config, NODE, step)

    assert containers.calls("docker", "save") == [["docker", "save", *platform, ours]]


@pytest.mark.parametrize("name", ["me/tools:2", f"me/tools@{ID}"])
async def test_a_persons_image_that_cannot_come_from_docker_is_left_to_the_node(
    containers: Containers, config: ClusterConfig, step: Step, name: str
) -> None:
    if "@" in name:
        containers.add_to_docker(name)

    await image_load.load(of_a_person(config, name), NODE, step)

    assert not containers.calls("docker", "save")
    assert step.note == f"the node itself pulls {name}"


async def test_our_image_cannot_be_left_to_the_node(containers: Containers, config: ClusterConfig, step: Step) -> None:
    with pytest.raises(ImageLoadError, match="no longer"):
        await image_load.load(config, NODE, step)


@pytest.mark.parametrize(
    ("failing", "lines", "detail", "hint"),
    [
        ("save", ["Error response from daemon: blob gone"], "blob gone", ImageLoadError.hint),
        ("load", ["ERROR: no nodes found for cluster"], "no nodes found for cluster", ImageLoadError.hint),
        (
            "load",
            ["ERROR: failed to load image: exit status 1", "", "Command Output: ctr: no space left on device"],
            "ctr: no space left on device",
            VolumeFullError.hint,
        ),
    ],
)
async def test_a_failed_load_tells_whose_fault_it_is(
    containers: Containers,
    config: ClusterConfig,
    archive: bytes,
    step: Step,
    failing: str,
    lines: list[str],
    detail: str,
    hint: str,
) -> None:
    containers.play("load", "ERROR: unexpected end of the archive", code=1)
    containers.play(failing, *lines, code=1)

    with pytest.raises(ImageLoadError) as caught:
        await image_load.load(config, NODE, step)

    assert caught.value.detail.endswith(f": {detail}")
    assert caught.value.hint == hint
    assert step.log == tuple(lines)
    assert containers.running() == []


async def test_load_waits_for_the_node_to_list_the_image(
    containers: Containers, config: ClusterConfig, ours: str, archive: bytes, step: Step
) -> None:
    containers.list_late(3)

    await image_load.load(config, NODE, step)

    assert len(containers.calls("docker", "exec", NODE, "crictl")) == 4


async def test_a_node_that_never_lists_the_image_is_told(
    containers: Containers, config: ClusterConfig, archive: bytes, step: Step, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(image_load, "LISTED_WITHIN", 0.1)
    containers.play("load", then="lose")

    with pytest.raises(ImageLoadError, match="does not list"):
        await image_load.load(config, NODE, step)


async def test_load_tells_of_a_docker_that_goes_away(
    containers: Containers, config: ClusterConfig, archive: bytes, step: Step
) -> None:
    containers.play("load", "error during connect: EOF", code=1, then="cut")

    with pytest.raises(DockerDownError):
        await image_load.load(config, NODE, step)


async def test_load_without_kind(
    containers: Containers, config: ClusterConfig, archive: bytes, step: Step, monkeypatch: pytest.MonkeyPatch
) -> None:
    (containers.folder / "bin" / "kind").unlink()

    with pytest.raises(KindMissingError):
        await image_load.load(config, NODE, step)


@pytest.mark.parametrize("hanging", ["save", "load"])
async def test_a_cancelled_load_leaves_nothing_running(
    containers: Containers, config: ClusterConfig, archive: bytes, step: Step, hanging: str
) -> None:
    containers.play(hanging, then="hang")
    work = asyncio.ensure_future(image_load.load(config, NODE, step))
    await until(containers.folder / f"{hanging}.hangs")

    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work

    assert containers.running() == []


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("Sending build context to Docker daemon  3.584kB", None),
        ("Step 1/4 : ARG BASE=codercom/code-server", ("ARG BASE=codercom/code-server", 0)),
        (" ---> Using cache", None),
        ("Step 3/4 : RUN apt-get update  && apt-get install", ("RUN apt-get update && apt-get install", 0.5)),
        (" ---> Running in a4318d9739d4", None),
        ("Setting up g++ (4:14.2.0-1) ...", ("Setting up g++ (4:14.2.0-1) ...", 0.5)),
        ("", None),
        ("Removing intermediate container a4318d9739d4", None),
        ("Successfully built a1c7ce4169fe", None),
        ("Successfully tagged localhost/vibecode/workspace:0123456789ab", None),
    ],
)
def test_progress_of_the_classic_builder(line: str, said: tuple[str, float] | None) -> None:
    progress = BuildProgress()
    if said and said[1]:
        progress.read("Step 3/4 : RUN something")

    assert progress.read(line) == said


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('#0 building with "default" instance using docker driver', None),
        ("#1 [internal] load build definition from Dockerfile", None),
        ("#1 transferring dockerfile: 1.75kB done", None),
        ("#4 [1/4] FROM docker.io/codercom/code-server:4.139.1", ("FROM docker.io/codercom/code-server:4.139.1", 0)),
        ("#5 [stage-1 3/4] RUN apt-get update", ("RUN apt-get update", 0.5)),
        ("#5 20.11 Setting up binutils (2.44-3) ...", ("Setting up binutils (2.44-3) ...", 0.5)),
        ("#6 5.095      ━━━━━ 17.6/17.6 MB 474.9 MB/s eta 0:00:00", ("━━━━━ 17.6/17.6 MB 474.9 MB/s eta 0:00:00", 0.5)),
        ("#6 7.704 ", None),
        ("#5 DONE 20.8s", None),
        ("#7 exporting layers 3.3s done", None),
    ],
)
def test_progress_of_buildkit(line: str, said: tuple[str, float] | None) -> None:
    progress = BuildProgress()
    if said and said[1]:
        progress.read("#5 [3/4] RUN something")

    assert progress.read(line) == said


def test_progress_never_goes_back() -> None:
    progress = BuildProgress()  # BuildKit works on independent instructions at once

    told = [progress.read(line) for line in ("#7 [3/4] RUN three", "#5 [2/4] RUN two", "#5 0.1 two")]

    assert told == [("RUN three", 0.5), ("RUN two", 0.5), ("two", 0.5)]


def test_progress_of_a_pull() -> None:
    progress = PullProgress()
    lines = [
        "4.139.1: Pulling from codercom/code-server",
        "0123456789ab: Already exists",
        "a95d04829aec: Pulling fs layer",
        "a95d04829aec: Download complete",
        "a95d04829aec: Pull complete",
        "Status: Downloaded newer image for codercom/code-server:4.139.1",
    ]

    assert [progress.read(line) for line in lines] == [
        None,
        ("1 of 1 layers", 1.0),
        ("1 of 2 layers", 0.5),
        ("1 of 2 layers", 0.5),
        ("2 of 2 layers", 1.0),
        None,
    ]


async def test_a_services_image_goes_from_docker_to_the_node_once(
    containers: Containers, config: ClusterConfig, step: Step
) -> None:
    containers.add_to_docker("redis:8")
    (containers.folder / "archive").write_bytes(b"layers")

    for _ in range(2):
        await service_image.bring(config, "redis:8", NODE, step)

    assert len(containers.calls("docker", "save")) == len(containers.calls("kind", "load")) == 1
    assert not containers.calls("docker", "pull")


async def test_a_services_image_that_docker_does_not_have_is_pulled(
    containers: Containers, config: ClusterConfig, step: Step, events: list[Event]
) -> None:
    (containers.folder / "archive").write_bytes(b"layers")

    await service_image.bring(config, "redis:8", NODE, step)

    assert containers.calls("docker", "pull") == [["docker", "pull", "redis:8"]]
    assert texts(events)[:2] == ["fetching redis:8", "giving redis:8 to the cluster"]


@pytest.mark.parametrize(
    ("name", "setting"), [("redis:8", "VIBECODE_REDIS_IMAGE"), ("postgres:17", "VIBECODE_POSTGRESQL_IMAGE")]
)
async def test_a_services_image_that_nobody_has_is_named_with_its_setting(
    containers: Containers, config: ClusterConfig, step: Step, name: str, setting: str
) -> None:
    containers.play("pull", "Error response from daemon: manifest unknown", code=1)

    with pytest.raises(ImagePullError) as caught:
        await service_image.bring(config, name, NODE, step)

    assert caught.value.detail == f"{name}: manifest unknown"
    assert setting in caught.value.hint


async def test_a_services_image_that_is_named_by_its_digest_is_left_to_the_node(
    containers: Containers, config: ClusterConfig, step: Step
) -> None:
    await service_image.bring(config, f"redis@sha256:{'a' * 64}", NODE, step)

    assert not containers.calls("docker", "save")
