"""`config set` and `config unset`: one setting changed from the command line."""

from pathlib import Path

import pytest

from tests.unit.launcher.conftest import Cli


def file_of(vibecode: Cli) -> Path:
    return Path(vibecode.environ["VIBECODE_HOME"]) / "config.toml"


def test_a_setting_is_written_and_counts(vibecode: Cli) -> None:
    result = vibecode("config", "set", "memory", "4Gi", "--json")

    assert result.document == {"name": "memory", "value": "4Gi", "source": str(file_of(vibecode))}
    assert file_of(vibecode).read_text() == 'memory = "4Gi"\n'


def test_a_setting_is_taken_out_and_its_default_counts(vibecode: Cli) -> None:
    vibecode("config", "set", "memory", "4Gi")

    assert vibecode("config", "unset", "memory", "--json").document["source"] == "default"
    assert "does not have memory" in vibecode("config", "unset", "memory").out


@pytest.mark.parametrize("arguments", [("set", "memory", "lots"), ("set", "memori", "4Gi"), ("unset", "memori")])
def test_what_cannot_be_set_is_refused_and_nothing_is_written(vibecode: Cli, arguments: tuple[str, ...]) -> None:
    result = vibecode("config", *arguments, "--json")

    assert result.code == 1
    assert result.document["error"]["code"] == "setting-invalid"
    assert not file_of(vibecode).exists()


def test_a_variable_that_goes_before_the_file_is_named(vibecode: Cli) -> None:
    vibecode.environ["VIBECODE_MEMORY"] = "9Gi"
    result = vibecode("config", "set", "memory", "5Gi")

    assert "unset VIBECODE_MEMORY" in result.out
    assert vibecode("config", "set", "memory", "5Gi", "--json").document["value"] == "9Gi"
