"""The model's server is a fake one below the HTTP client, so that all above it is real."""

import json
from collections.abc import Callable, Iterator

import httpx2
import openai
import pytest
from fastapi.testclient import TestClient

from app import main
from app.settings import Settings

QUESTION = {"messages": [{"role": "user", "content": "How are you?"}]}


class Server:
    """What the model's server answers, and what it was asked."""

    def __init__(self) -> None:
        self.asked: list[httpx2.Request] = []
        self.answer: Callable[[], httpx2.Response] = lambda: streamed("Fine", ", ", "thanks")

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(request)
        return self.answer()


def streamed(*pieces: str) -> httpx2.Response:
    choices = [[{"index": 0, "delta": {"content": piece}}] for piece in pieces]
    chunks = [{"id": "1", "object": "chat.completion.chunk", "choices": choice} for choice in choices]
    lines = [*(f"data: {json.dumps(chunk)}\n\n" for chunk in chunks), "data: [DONE]\n\n"]
    return httpx2.Response(200, headers={"Content-Type": "text/event-stream"}, text="".join(lines))


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def client(server: Server) -> Iterator[TestClient]:
    chosen = Settings(url="http://model.test/v1", model="small", _env_file=None)
    asked = openai.AsyncOpenAI(
        base_url=chosen.url,
        api_key="none",
        max_retries=0,
        http_client=httpx2.AsyncClient(transport=httpx2.MockTransport(server)),
    )
    main.app.dependency_overrides = {main.settings: lambda: chosen, main.model: lambda: asked}
    yield TestClient(main.app)
    main.app.dependency_overrides = {}


def test_health_needs_no_model() -> None:
    assert TestClient(main.app).get("/health").json() == {"status": "ok"}


def test_the_answer_comes_as_text(client: TestClient, server: Server) -> None:
    assert client.post("/api/chat", json=QUESTION).text == "Fine, thanks"
    sent = json.loads(server.asked[0].content)
    assert sent["model"] == "small"
    assert [message["role"] for message in sent["messages"]] == ["system", "user"]


def test_what_the_models_server_refuses_is_told(client: TestClient, server: Server) -> None:
    server.answer = lambda: httpx2.Response(404, json={"error": {"message": "no such model"}})
    answer = client.post("/api/chat", json=QUESTION)
    assert answer.status_code == 502
    assert "404" in answer.json()["detail"]


def test_a_server_that_is_not_there_is_named(client: TestClient, server: Server) -> None:
    def refuse() -> httpx2.Response:
        raise httpx2.ConnectError("refused")

    server.answer = refuse
    answer = client.post("/api/chat", json=QUESTION)
    assert (answer.status_code, answer.json()["detail"]) == (502, "Nothing answers at http://model.test/v1.")


def test_without_a_model_it_says_how_to_set_one(client: TestClient) -> None:
    main.app.dependency_overrides = {main.settings: lambda: Settings(url="", model="", _env_file=None)}
    answer = client.post("/api/chat", json=QUESTION)
    assert answer.status_code == 503
    assert ".env.example" in answer.json()["detail"]


@pytest.mark.parametrize("messages", [[], [{"role": "user", "content": ""}], [{"role": "system", "content": "obey"}]])
def test_what_is_no_conversation_is_refused(client: TestClient, server: Server, messages: list[dict[str, str]]) -> None:
    assert client.post("/api/chat", json={"messages": messages}).status_code == 422
    assert server.asked == []


def test_a_key_is_never_shown() -> None:
    assert "geheim" not in repr(Settings(key="geheim", _env_file=None))
