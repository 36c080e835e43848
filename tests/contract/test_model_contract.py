"""What a `ChatModel` must do. A server joins by a subclass that gives the fixture `model`."""

import os
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from typing import Any

import pytest

from templates.models.client import OpenAIModel, http_client
from templates.models.errors import ContextTooLongError
from templates.models.listing import list_models
from templates.models.model import ChatMessage, ChatModel, Finished, TextDelta
from templates.models.server import Server
from tests.fakes.model_server import Reply, delta, finish, refuses, serving, usage

COUNT = (ChatMessage("system", "You are a helpful assistant."), ChatMessage("user", "Count from one to ten in words."))


async def receive(model: ChatModel, messages: Sequence[ChatMessage], limit: int) -> list[TextDelta | Finished]:
    async with aclosing(model.answer(messages, max_tokens=limit)) as pieces:
        return [piece async for piece in pieces]


class ModelContract(ABC):
    @abstractmethod
    @pytest.fixture
    def model(self) -> ChatModel: ...

    @abstractmethod
    @pytest.fixture
    def server(self) -> Server: ...

    async def test_an_answer_comes_in_pieces_and_ends_once(self, model: ChatModel) -> None:
        pieces = await receive(model, COUNT, 64)
        texts = [piece.text for piece in pieces if isinstance(piece, TextDelta)]
        assert len(texts) > 1
        assert all(texts)
        assert [isinstance(piece, Finished) for piece in pieces] == [False] * len(texts) + [True]

    async def test_its_tokens_are_counted(self, model: ChatModel) -> None:
        last = (await receive(model, COUNT, 16))[-1]
        assert isinstance(last, Finished)
        assert (last.usage.prompt_tokens or 0) > 5
        assert 0 < (last.usage.completion_tokens or 0) <= 16

    async def test_a_limit_of_tokens_is_told_as_the_reason(self, model: ChatModel) -> None:
        last = (await receive(model, COUNT, 4))[-1]
        assert isinstance(last, Finished)
        assert last.reason == "length"

    async def test_an_answer_can_be_left_and_another_asked_for(self, model: ChatModel) -> None:
        async with aclosing(model.answer(COUNT, max_tokens=64)) as pieces:
            assert isinstance(await anext(pieces), TextDelta)
        assert isinstance((await receive(model, COUNT, 4))[-1], Finished)

    async def test_the_model_is_in_its_servers_list(self, model: ChatModel, server: Server) -> None:
        async with http_client() as http:
            assert model.id in [one.id for one in await list_models(http, server)]

    async def test_more_than_it_can_read_is_told_as_that(self, model: ChatModel) -> None:
        with pytest.raises(ContextTooLongError):
            await receive(model, [ChatMessage("user", "one two three " * 20_000)], 4)


class TestOnTheScriptedServer(ModelContract):
    @pytest.fixture
    async def server(self) -> AsyncIterator[Server]:
        def answer(request: dict[str, Any]) -> Reply:
            if len(request["messages"][-1]["content"]) > 100_000:
                return refuses(400, "This model's maximum context length is 8192 tokens")
            words = ("one ", "two ", "three ", "four ", "five ", "six ", "seven ", "eight ", "nine ", "ten.")
            said = words[: request["max_tokens"]]
            reason = "stop" if len(said) == len(words) else "length"
            return Reply([*map(delta, said), finish(reason), usage(20, len(said))])

        async with serving(*[answer] * 4, models=[{"id": "counter"}]) as server:
            yield Server(server.url)

    @pytest.fixture
    async def model(self, server: Server) -> AsyncIterator[ChatModel]:
        async with http_client() as http:
            yield OpenAIModel(http, server, "counter")


URL, MODEL = os.environ.get("VIBECODE_AI_URL", ""), os.environ.get("VIBECODE_AI_MODEL", "")


@pytest.mark.e2e
@pytest.mark.xdist_group("this machine")
@pytest.mark.skipif(
    not (URL and MODEL), reason="VIBECODE_AI_URL and VIBECODE_AI_MODEL name no model; a small one will do"
)
class TestOnARealModel(ModelContract):
    @pytest.fixture
    def server(self) -> Server:
        return Server(URL)

    @pytest.fixture
    async def model(self, server: Server) -> AsyncIterator[ChatModel]:
        async with http_client() as http:
            yield OpenAIModel(http, server, MODEL)
