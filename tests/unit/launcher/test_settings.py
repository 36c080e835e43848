"""Where values come from, which are allowed, and what is said of those that are not."""

from dataclasses import fields
from pathlib import Path

import pytest

from cluster.config import ClusterConfig, Images
from launcher.errors import SettingError
from launcher.settings import Settings, cluster_config, load, variable
from launcher.settings_docs import descriptions, markdown_table


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def test_defaults_need_no_file(file: Path) -> None:
    loaded = load(file, {})

    assert loaded.values == Settings()
    assert set(loaded.sources.values()) == {"default"}


def test_the_environment_goes_before_the_file_and_the_file_before_the_default(file: Path) -> None:
    file.write_text('cluster = "filed"\nmemory = "4Gi"\n')
    loaded = load(file, {"VIBECODE_CLUSTER": "named", "VIBECODE_VOLUME_SIZE": ""})

    assert (loaded.values.cluster, loaded.sources["cluster"]) == ("named", "VIBECODE_CLUSTER")
    assert (loaded.values.memory, loaded.sources["memory"]) == ("4Gi", str(file))
    assert (loaded.values.volume_size, loaded.sources["volume_size"]) == ("10Gi", "default")


@pytest.mark.parametrize(
    ("name", "written", "value"),
    [
        ("engine", "kind", "kind"),
        ("engine", "KIND", "kind"),
        ("cluster", "a", "a"),
        ("cluster", "a" * 40, "a" * 40),
        ("base_domain", "dev.example.com", "dev.example.com"),
        ("http_port", "0", 0),
        ("http_port", "65535", 65535),
        ("node_image", "registry.example:5000/kind/node:v1.35.0@sha256:abc", None),
        ("traefik_image", "mirror/traefik:v3", None),
        ("volume_size", "512Mi", "512Mi"),
        ("cpu", "500m", "500m"),
        ("open_browser", "No", False),
        ("open_browser", "1", True),
        ("log_level", "debug", "DEBUG"),
    ],
)
def test_what_is_allowed(file: Path, name: str, written: str, value: object) -> None:
    assert getattr(load(file, {variable(name): written}).values, name) == (written if value is None else value)


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("engine", "podman"),
        ("cluster", "My Cluster"),
        ("cluster", "-a"),
        ("cluster", "a" * 41),
        ("cluster", "../other"),
        ("base_domain", "Dev.example.com"),
        ("base_domain", "dev..example"),
        ("base_domain", "a." * 95 + "a"),
        ("http_port", "65536"),
        ("http_port", "-1"),
        ("http_port", "80 "),
        ("http_port", "٣"),
        ("code_server_image", "--privileged"),
        ("code_server_image", "a b"),
        ("volume_size", "10"),
        ("volume_size", "0Gi"),
        ("memory", "lots"),
        ("cpu", "0"),
        ("open_browser", "maybe"),
        ("log_level", "TRACE"),
    ],
)
def test_what_is_not_allowed_is_named_with_what_is(file: Path, name: str, written: str) -> None:
    with pytest.raises(SettingError) as caught:
        load(file, {variable(name): written})

    assert caught.value.detail.startswith(f"{variable(name)} is {written!r}; allowed is ")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("http_port = true", "http_port is True"),
        ("http_port = 80.5", "http_port is 80.5"),
        ("cluster = 5", "cluster is 5"),
        ("engine = [", "is not valid TOML"),
        ("cluster = '\xff'", "is not valid TOML"),
    ],
)
def test_the_file_is_named_where_it_is_wrong(file: Path, content: str, said: str) -> None:
    file.write_bytes(content.encode("latin-1"))
    with pytest.raises(SettingError) as caught:
        load(file, {})

    assert str(file) in caught.value.detail
    assert said in caught.value.detail


def test_a_key_that_is_no_setting_is_named_with_a_similar_one(file: Path) -> None:
    file.write_text("http_prot = 80\n")
    with pytest.raises(SettingError) as caught:
        load(file, {})

    assert "'http_prot'" in caught.value.detail
    assert "`http_port`" in caught.value.hint


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingError) as caught:
        load(tmp_path, {})

    assert str(tmp_path) in caught.value.detail


def test_defaults_are_the_engines_own() -> None:
    home = Path("/home")

    assert cluster_config(Settings(), home, "1.2") == ClusterConfig(home=home, version="1.2")


def test_every_value_reaches_the_engine_under_its_name() -> None:
    settings = Settings(
        cluster="c",
        base_domain="b",
        http_port=1,
        https_port=2,
        node_image="n",
        code_server_image="s",
        traefik_image="t",
        workspace_image="w",
        postgresql_image="p",
        redis_image="r",
        volume_size="3Gi",
        memory="4Gi",
        cpu="5",
        package_cache="own",
    )

    assert cluster_config(settings, Path("/home"), "1") == ClusterConfig(
        home=Path("/home"),
        cluster="c",
        base_domain="b",
        http_port=1,
        https_port=2,
        images=Images(node="n", code_server="s", traefik="t", workspace="w", postgresql="p", redis="r"),
        volume_size="3Gi",
        memory="4Gi",
        cpu="5",
        package_cache="own",
        version="1",
    )


def test_every_setting_has_a_docstring_that_is_a_sentence() -> None:
    docs = descriptions()

    assert list(docs) == [one.name for one in fields(Settings)]
    assert all(text.endswith(".") and "\n" not in text for text in docs.values())


def test_the_table_has_a_row_for_each_variable() -> None:
    header, rule, *rows = markdown_table().splitlines()

    assert header.count("|") == rule.count("|") == 5
    assert all(row.count("|") == 5 for row in rows)
    assert [row.split("`")[1] for row in rows] == ["VIBECODE_HOME", *(variable(one.name) for one in fields(Settings))]
