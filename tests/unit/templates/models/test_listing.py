"""What servers say of their models."""

import json
from decimal import Decimal

import pytest

from templates.models.client import http_client
from templates.models.errors import ModelGoneError, ModelUnreachableError, NotAModelServerError
from templates.models.listing import ModelInfo, find_model, list_models, read_models
from templates.models.prices import Prices
from templates.models.server import Server
from tests.fakes.model_server import KEY, serving

SONNET = {
    "id": "~anthropic/claude-sonnet-latest",
    "name": "Claude Sonnet",
    "context_length": 200000,
    "pricing": {"prompt": "0.000003", "completion": "0.000015"},
    "top_provider": {"context_length": 200000, "max_completion_tokens": 64000},
}


def read(*data: object) -> tuple[ModelInfo, ...]:
    return read_models(json.dumps({"data": data}).encode(), "http://x")


async def test_a_list_is_read_from_its_server() -> None:
    async with serving(models=[SONNET]) as server, http_client() as http:
        [model] = await list_models(http, Server(server.url, KEY))

    assert model == ModelInfo(
        "~anthropic/claude-sonnet-latest",
        "Claude Sonnet",
        200_000,
        64_000,
        Prices(Decimal("0.000003"), Decimal("0.000015")),
    )
    assert server.keys == [f"Bearer {KEY}"]
    assert (model.as_dict()["prompt_price"], model.as_dict()["completion_price"]) == (3.0, 15.0)


async def test_a_server_that_is_not_there() -> None:
    async with serving() as server:
        pass
    async with http_client() as http:
        with pytest.raises(ModelUnreachableError):
            await list_models(http, Server(server.url))


@pytest.mark.parametrize(
    ("table", "context"),
    [
        ({"id": "m", "max_model_len": 8192}, 8192),
        ({"id": "m", "meta": {"n_ctx_train": 2048}}, 2048),
        ({"id": "m", "max_context_length": 4096}, 4096),
        ({"id": "m"}, None),
        ({"id": "m", "context_length": "lots"}, None),
    ],
)
def test_the_context_is_found_whatever_a_server_calls_it(table: dict[str, object], context: int | None) -> None:
    assert read(table)[0].context == context


@pytest.mark.parametrize(
    "pricing",
    [
        None,
        {},
        {"prompt": "-1", "completion": "-1"},
        {"prompt": "x", "completion": "1"},
        {"prompt": "NaN", "completion": "0"},
    ],
)
def test_a_price_that_is_not_said_is_unknown(pricing: object) -> None:
    assert read({"id": "m", "pricing": pricing})[0].prices is None


def test_free_is_a_price() -> None:
    assert read({"id": "m", "pricing": {"prompt": "0", "completion": "0"}})[0].prices == Prices(Decimal(0), Decimal(0))


def test_what_has_no_name_is_left_out_and_the_rest_is_sorted() -> None:
    assert [one.id for one in read({"id": "b"}, {"name": "x"}, 7, {"id": "a"}, {"id": "\x1b[2J"})] == ["a", "b"]


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"models": []}', b"\xff"])
def test_what_is_no_list_of_models(body: bytes) -> None:
    with pytest.raises(NotAModelServerError):
        read_models(body, "http://x")


def test_a_model_is_found_by_its_id_and_similar_ones_are_named() -> None:
    models = read({"id": "llama3.2:latest"}, {"id": "qwen3"})
    assert find_model(models, "llama3.2", "http://x").id == "llama3.2:latest"
    with pytest.raises(ModelGoneError) as caught:
        find_model(models, "qwen", "http://x")
    assert "`qwen3`" in caught.value.hint
