"""One model over real HTTP: what is received, what is asked again, and what each refusal becomes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from decimal import Decimal

import pytest

from templates.errors import VibeCodeError
from templates.models.client import OpenAIModel, http_client, retry_after
from templates.models.errors import (
    ContextTooLongError,
    ModelError,
    ModelGoneError,
    ModelServerFailedError,
    ModelUnreachableError,
    ModeratedError,
    NoCreditError,
    NoKeyError,
    NotAModelServerError,
    RateLimitError,
    StreamCutError,
    WrongKeyError,
)
from templates.models.model import ChatMessage, Finished, TextDelta, Usage
from templates.models.server import Server
from tests.fakes.model_server import DONE, KEY, ModelServer, Reply, Script, delta, event, finish, refuses, says, serving
from tests.fakes.model_server import usage as usage_chunk

HELLO = (ChatMessage("system", "Be short."), ChatMessage("user", "Hello"))


class Waits:
    """Stands for time: what is waited for is kept, and over at once."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self.said: list[str] = []

    async def sleep(self, seconds: float) -> None:
        self.seconds.append(seconds)


@pytest.fixture
def waits() -> Waits:
    return Waits()


async def ask(server: ModelServer, waits: Waits, key: str | None = KEY) -> list[TextDelta | Finished]:
    pieces: list[TextDelta | Finished] = []
    async for piece in asking(server, waits, key):
        pieces.append(piece)
    return pieces


async def asking(server: ModelServer, waits: Waits, key: str | None = KEY) -> AsyncIterator[TextDelta | Finished]:
    async with http_client() as http:
        model = OpenAIModel(http, Server(server.url, key), "some/model", sleep=waits.sleep, notice=waits.said.append)
        async with aclosing(model.answer(HELLO, max_tokens=100)) as pieces:
            async for piece in pieces:
                yield piece


async def receive(server: ModelServer, waits: Waits, received: list[TextDelta | Finished]) -> None:
    async for piece in asking(server, waits):
        received.append(piece)


async def failing(script: Script, waits: Waits, key: str | None = KEY) -> VibeCodeError:
    async with serving(script) as server:
        with pytest.raises(VibeCodeError) as caught:
            await ask(server, waits, key)
        return caught.value


async def test_an_answer_arrives_in_its_pieces_with_what_it_took(waits: Waits) -> None:
    async with serving(says("Hel", "lo ", "you", cost=0.25)) as server:
        pieces = await ask(server, waits)

    assert pieces == [
        TextDelta("Hel"),
        TextDelta("lo "),
        TextDelta("you"),
        Finished("stop", Usage(10, 20, Decimal("0.25"))),
    ]
    assert server.keys == [f"Bearer {KEY}"]
    assert server.requests[0]["messages"] == [
        {"role": "system", "content": "Be short."},
        {"role": "user", "content": "Hello"},
    ]
    assert (server.requests[0]["model"], server.requests[0]["max_tokens"]) == ("some/model", 100)
    assert (server.requests[0]["stream"], server.requests[0]["stream_options"]) == (True, {"include_usage": True})


async def test_the_first_piece_is_there_before_the_second_is_sent(waits: Waits) -> None:
    async with serving(Reply([delta("first")], hangs=True)) as server, aclosing(asking(server, waits)) as pieces:
        assert await anext(pieces) == TextDelta("first")


async def test_closing_the_answer_closes_the_connection(waits: Waits) -> None:
    async with serving(Reply([delta("first")], hangs=True)) as server:
        async with aclosing(asking(server, waits)) as pieces:
            await anext(pieces)
        await asyncio.wait_for(server.left.wait(), 5)


@pytest.mark.parametrize(
    ("said", "reason"),
    [("stop", "stop"), ("length", "length"), ("content_filter", "filtered"), ("tool_calls", "stop")],
)
async def test_why_an_answer_ended(waits: Waits, said: str, reason: str) -> None:
    async with serving(says("x", reason=said)) as server:
        last = (await ask(server, waits))[-1]
    assert isinstance(last, Finished)
    assert last.reason == reason


async def test_a_refusal_in_words_is_an_answer_that_was_held_back(waits: Waits) -> None:
    refusal = event(choices=[{"delta": {"content": None, "refusal": "I cannot."}, "finish_reason": "stop"}])
    async with serving(Reply([refusal, DONE])) as server:
        assert await ask(server, waits) == [TextDelta("I cannot."), Finished("filtered")]


async def test_comments_thoughts_and_empty_pieces_are_passed_over(waits: Waits) -> None:
    thought = event(choices=[{"delta": {"role": "assistant", "reasoning": "hm", "content": ""}}])
    async with serving(Reply([b": PROCESSING\n\n", thought, delta("x"), finish("stop")])) as server:
        assert await ask(server, waits) == [TextDelta("x"), Finished("stop")]


async def test_an_answer_that_was_not_streamed_is_taken_whole(waits: Waits) -> None:
    body = event(choices=[{"message": {"content": "all"}, "finish_reason": "length"}]).removeprefix(b"data: ")
    async with serving(Reply([body], headers={"Content-Type": "application/json; charset=utf-8"})) as server:
        assert await ask(server, waits) == [TextDelta("all"), Finished("length")]


async def test_half_a_character_does_not_arrive(waits: Waits) -> None:
    half = b'data: {"choices": [{"delta": {"content": "a\\ud83db\\ud83d\\ude00"}}]}\n\n'
    async with serving(Reply([half, DONE])) as server:
        assert (await ask(server, waits))[0] == TextDelta("a\N{REPLACEMENT CHARACTER}b😀")


async def test_tokens_without_a_price_are_kept(waits: Waits) -> None:
    async with serving(Reply([delta("x"), finish("stop"), usage_chunk(3, 4), DONE])) as server:
        assert (await ask(server, waits))[-1] == Finished("stop", Usage(3, 4, None))


@pytest.mark.parametrize("cut", [True, False], ids=["reset", "ended"])
async def test_an_answer_that_breaks_off_keeps_what_came_and_is_not_asked_again(waits: Waits, cut: bool) -> None:
    async with serving(Reply([delta("first")], cut=cut)) as server:
        received: list[TextDelta | Finished] = []
        with pytest.raises(StreamCutError):
            await receive(server, waits, received)
    assert received == [TextDelta("first")]
    assert len(server.requests) == 1


async def test_an_error_in_the_middle_keeps_what_came_and_is_not_asked_again(waits: Waits) -> None:
    error = event(error={"code": 429, "message": "slow down"}, choices=[{"delta": {}, "finish_reason": "error"}])
    async with serving(Reply([delta("first"), error])) as server:
        received: list[TextDelta | Finished] = []
        with pytest.raises(RateLimitError, match="slow down"):
            await receive(server, waits, received)
    assert received == [TextDelta("first")]
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("reply", "error", "said"),
    [
        (refuses(401, "No auth credentials found"), WrongKeyError, "No auth credentials"),
        (refuses(402, "Insufficient credits"), NoCreditError, "Insufficient credits"),
        (refuses(429, "You exceeded your current quota", type="insufficient_quota"), NoCreditError, "quota"),
        (refuses(403, "Input flagged", metadata={"reasons": ["violence"]}), ModeratedError, "flagged"),
        (refuses(403, "Not for you"), WrongKeyError, "Not for you"),
        (refuses(404, "No endpoints found for x"), ModelGoneError, "No endpoints"),
        (refuses(400, "x is not a valid model ID"), ModelGoneError, "not a valid"),
        (refuses(400, "This endpoint's maximum context length is 4096"), ContextTooLongError, "4096"),
        (refuses(413, "too large"), ContextTooLongError, "too large"),
        (refuses(500, "the request exceeds the available context size"), ContextTooLongError, "available"),
        (refuses(422, "temperature must be a number"), ModelError, "temperature"),
        (refuses(400, "Provider returned error", metadata={"raw": "top_p is gone"}), ModelError, "top_p is gone"),
    ],
)  # fmt: skip
async def test_a_refusal_is_told_in_words_and_not_asked_again(
    waits: Waits, reply: Reply, error: type[VibeCodeError], said: str
) -> None:
    failure = await failing(reply, waits)

    assert type(failure) is error
    assert said in failure.detail
    assert "vibecode" in failure.hint
    assert waits.seconds == []


async def test_a_server_that_wants_a_key_says_how_to_give_it(waits: Waits) -> None:
    assert isinstance(await failing(refuses(401, "no key"), waits, key=None), NoKeyError)


async def test_a_key_that_the_server_repeats_is_not_shown(waits: Waits) -> None:
    failure = await failing(refuses(401, f"Incorrect API key provided: {KEY}"), waits)
    assert KEY not in failure.detail
    assert "Incorrect API key" in failure.detail


@pytest.mark.parametrize("status", [429, 500, 502, 503, 529])
async def test_trouble_is_asked_again_where_nothing_was_received(waits: Waits, status: int) -> None:
    async with serving(refuses(status, "busy"), says("x")) as server:
        assert (await ask(server, waits))[0] == TextDelta("x")
    assert len(waits.seconds) == len(waits.said) == 1


async def test_a_retry_after_is_waited_for(waits: Waits) -> None:
    async with serving(refuses(429, "busy", headers={"Retry-After": "7"}), says("x")) as server:
        await ask(server, waits)
    assert waits.seconds == [7.0]
    assert "7 s" in waits.said[0]


async def test_a_long_retry_after_is_told_and_not_waited_for(waits: Waits) -> None:
    assert isinstance(await failing(refuses(429, "busy", headers={"Retry-After": "3600"}), waits), RateLimitError)
    assert waits.seconds == []


async def test_it_is_asked_three_times_and_no_more(waits: Waits) -> None:
    async with serving(*[refuses(503, "busy")] * 4) as server:
        with pytest.raises(ModelServerFailedError):
            await ask(server, waits)
    assert len(server.requests) == 3


async def test_a_server_that_is_not_there(waits: Waits) -> None:
    async with serving() as server:
        pass
    with pytest.raises(ModelUnreachableError, match=server.url):
        await ask(server, waits)
    assert len(waits.seconds) == 2


@pytest.mark.parametrize(
    "reply",
    [
        Reply([b"<html>Welcome</html>"], headers={"Content-Type": "text/html"}),
        Reply([b"data: hello\n\n"]),
        Reply([], 302, {"Location": "https://elsewhere.example/"}),
    ],
    ids=["page", "words", "redirect"],
)
async def test_what_is_no_server_of_models_is_named(waits: Waits, reply: Reply) -> None:
    assert isinstance(await failing(reply, waits), NotAModelServerError)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("3", 3.0), ("0.5", 0.5), ("-1", 0.0), ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0), ("soon", None), (None, None)],
)
def test_retry_after(value: str | None, seconds: float | None) -> None:
    assert retry_after(value) == seconds
