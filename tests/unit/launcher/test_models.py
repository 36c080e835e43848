"""`vibecode models`: listed, chosen, tried, and keys that are never shown."""

import asyncio
from pathlib import Path

import httpx
import pytest

from launcher.models import chosen_profile
from launcher.paths import Paths
from launcher.secrets import model_key
from launcher.settings import Settings
from launcher.sign_in import callback
from templates.models.errors import SignInError
from templates.models.server import OPENROUTER
from templates.models.sign_in import SignIn
from tests.fakes.model_server import KEY, refuses, says
from tests.fakes.secrets import MemorySecrets
from tests.unit.launcher.conftest import Cli
from tests.unit.launcher.model_thread import PRICED, model_server

FREE = {"id": "tiny", "max_model_len": 2048}


@pytest.fixture
def secrets(vibecode: Cli) -> MemorySecrets:
    secrets = MemorySecrets()
    vibecode.services["secrets"] = lambda: secrets
    return secrets


def test_models_are_listed_with_context_and_prices(vibecode: Cli) -> None:
    with model_server(models=[PRICED, FREE]) as server:
        vibecode.environ |= {"VIBECODE_AI_URL": server.url, "VIBECODE_AI_MODEL": "tiny"}
        listed = vibecode("models", "--json").document
        words = vibecode("models", "--search", "SOME").out

    assert listed == [
        {"id": "some/model", "title": "Some model", "context": 128000, "max_output": None, "prompt_price": 1.0,
         "completion_price": 2.0, "chosen": False},
        {"id": "tiny", "title": "tiny", "context": 2048, "max_output": None, "prompt_price": None,
         "completion_price": None, "chosen": True},
    ]  # fmt: skip
    assert "1.00 read, 2.00 written" in words
    assert "1 of 2" in words
    assert "tiny" not in words


def test_a_server_of_ones_own_is_added_chosen_and_asked(vibecode: Cli, secrets: MemorySecrets) -> None:
    with model_server(says("ready", cost=None), models=[FREE]) as server:
        chosen = vibecode("models", "use", "--profile", "gpu", "--url", server.url, "--json").document
        tested = vibecode("models", "test", "--json").document

    assert chosen == {"name": "gpu", "url": server.url, "model": None, "chosen": True}
    assert (tested["model"], tested["answer"], tested["cost"]) == ("tiny", "ready", None)
    assert server.keys == [None, None]
    profiles = vibecode("models", "profiles", "--json").document
    assert [one["name"] for one in profiles if one["chosen"]] == ["gpu"]


def test_a_model_is_chosen_within_a_profile(vibecode: Cli) -> None:
    vibecode("models", "use", "--profile", "ollama")
    assert vibecode("models", "use", "qwen3", "--json").document["url"] == "http://localhost:11434/v1"
    assert vibecode("models", "use", "--profile", "ollama", "--json").document["model"] == "qwen3"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(("use",), 2), (("use", "--profile", "nobody"), 1), (("use", "--profile", "My Box", "--url", "http://x/v1"), 1),
     (("use", "--url", "nonsense"), 1)],
)  # fmt: skip
def test_what_cannot_be_chosen(vibecode: Cli, arguments: tuple[str, ...], code: int) -> None:
    result = vibecode("models", *arguments)
    assert result.code == code
    assert "→" in result.err


def test_a_model_that_the_server_does_not_have_is_told_with_similar_ones(vibecode: Cli) -> None:
    with model_server(models=[FREE]) as server:
        vibecode.environ |= {"VIBECODE_AI_URL": server.url, "VIBECODE_AI_MODEL": "tinny"}
        error = vibecode("models", "test", "--json").document["error"]
    assert error["code"] == "model-not-found"
    assert "`tiny`" in error["hint"]


def test_where_several_are_there_one_must_be_chosen(vibecode: Cli) -> None:
    with model_server(models=[PRICED, FREE]) as server:
        vibecode.environ["VIBECODE_AI_URL"] = server.url
        assert "vibecode models use" in vibecode("models", "test", "--json").document["error"]["hint"]


def test_without_a_key_openrouter_is_not_even_asked(vibecode: Cli, secrets: MemorySecrets) -> None:
    error = vibecode("models", "test", "--json").document["error"]
    assert error["code"] == "model-key-missing"
    assert "vibecode models login" in error["hint"]


# Keys


def test_a_key_is_piped_in_kept_used_and_never_shown(vibecode: Cli, secrets: MemorySecrets) -> None:
    with model_server(says("ready"), refuses(401, f"wrong: {KEY}"), models=[FREE]) as server:
        vibecode.environ["VIBECODE_AI_URL"] = server.url
        results = [vibecode("models", "key", stdin=f"{KEY}\n".encode())]
        assert secrets.values == {server.url: KEY}
        results += [vibecode("models", "test"), vibecode("models", "test"), vibecode("config"), vibecode("usage")]
        results.append(vibecode("models", "key", "--delete"))
    assert set(server.keys) == {f"Bearer {KEY}"}
    assert [result.code for result in results] == [0, 0, 1, 0, 0, 0]
    assert secrets.values == {}
    assert all(KEY not in result.out + result.err for result in results)
    log = Path(vibecode.environ["VIBECODE_HOME"]) / "logs" / "vibecode.log"
    assert KEY not in log.read_text()


@pytest.mark.parametrize("stdin", [b"", b"\n", b"two words\n", b"\xff\xfe\n", b"x" * 5000])
def test_what_is_no_key(vibecode: Cli, secrets: MemorySecrets, stdin: bytes) -> None:
    assert vibecode("models", "key", stdin=stdin).code == 2
    assert secrets.values == {}


def test_without_a_keyring_that_is_said_and_nothing_is_kept(vibecode: Cli, secrets: MemorySecrets) -> None:
    secrets.kept_in = "run"
    for action in ("key", "login"):
        error = vibecode("models", action, "--json", stdin=b"secret\n").document["error"]
        assert error["code"] == "key-not-kept"
        assert "VIBECODE_AI_KEY" in error["hint"]
    assert secrets.values == {}


async def test_the_environment_goes_before_the_keyring_and_each_server_has_its_own_key() -> None:
    secrets = MemorySecrets(values={"https://a/v1": "a"})
    assert await model_key("https://a/v1", secrets, {}) == "a"
    assert await model_key("https://b/v1", secrets, {}) is None
    assert await model_key("https://a/v1", secrets, {"VIBECODE_AI_KEY": "mine"}) == "mine"


def test_the_settings_go_before_the_profile(tmp_path: Path) -> None:
    paths = Paths(tmp_path, tmp_path, tmp_path, tmp_path)
    there = chosen_profile(Settings(), paths)
    assert (there.name, there.model) == ("openrouter", "~anthropic/claude-sonnet-latest")
    assert chosen_profile(Settings(ai_model="x"), paths).model == "x"
    elsewhere = chosen_profile(Settings(ai_url="http://localhost:1/v1/"), paths)
    assert (elsewhere.url, elsewhere.model) == ("http://localhost:1/v1", "")


# The way back from the browser


async def test_the_browser_brings_the_code() -> None:
    async with callback() as back, httpx.AsyncClient() as browser:
        page = await browser.get(f"{back.url}?code=abc")
        assert page.status_code == 200
        assert "abc" not in page.text
        assert await back.code() == "abc"
        assert (await browser.get(f"{back.url}?code=other")).status_code == 404


async def test_a_refusal_in_the_browser_is_told() -> None:
    async with callback() as back, httpx.AsyncClient() as browser:
        await browser.get(f"{back.url}?error=access_denied")
        with pytest.raises(SignInError):
            await back.code()


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("GET", "/callback?code=x", {"Host": "evil.example"}),
        ("POST", "/callback?code=x", {}),
        ("GET", "/other?code=x", {}),
        ("GET", "/callback", {}),
    ],
)
async def test_what_is_not_the_way_back_is_refused(method: str, path: str, headers: dict[str, str]) -> None:
    async with callback() as back, httpx.AsyncClient() as browser:
        url = back.url.removesuffix("/callback") + path
        assert (await browser.request(method, url, headers=headers)).status_code in (400, 404)
        waiting = asyncio.ensure_future(back.code())
        await browser.get(f"{back.url}?code=right")
        assert await waiting == "right"


@pytest.mark.parametrize(("code", "kept"), [(b"good\n", {OPENROUTER: KEY}), (b"bad\n", {}), (b"", {})])
def test_where_no_browser_opens_the_code_is_brought_by_hand(
    vibecode: Cli, secrets: MemorySecrets, code: bytes, kept: dict[str, str]
) -> None:
    with model_server() as server:
        vibecode.services["sign_in"] = lambda: SignIn(exchange_url=f"{server.url}/auth/keys")
        result = vibecode("models", "login", stdin=code)
    assert secrets.values == kept
    assert (result.code == 0) == bool(kept)
    assert "https://openrouter.ai/auth?key_label=VibeCode&code_challenge=" in result.err
    assert KEY not in result.out + result.err
