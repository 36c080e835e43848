"""A conversation, and the answer to it, piece by piece."""

from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Literal

import openai
from pydantic import BaseModel, StringConstraints

from app.settings import Settings

Text = Annotated[str, StringConstraints(min_length=1, max_length=20_000)]


class Message(BaseModel):
    role: Literal["user", "assistant"]
    content: Text


class ModelError(Exception):
    """Why there is no answer, in words for the person who asked."""


def client(settings: Settings) -> openai.AsyncOpenAI:
    # A server of one's own often wants no key, but the library wants one.
    return openai.AsyncOpenAI(base_url=settings.url, api_key=settings.key.get_secret_value() or "none", timeout=120)


async def answer(model: openai.AsyncOpenAI, settings: Settings, messages: Sequence[Message]) -> AsyncIterator[str]:
    """The model's answer as it comes; ModelError where there is none."""
    conversation = [{"role": "system", "content": settings.system}, *(one.model_dump() for one in messages)]
    try:
        stream = await model.chat.completions.create(model=settings.model, messages=conversation, stream=True)
        async for chunk in stream:
            if chunk.choices and (piece := chunk.choices[0].delta.content):
                yield piece
    except openai.APIConnectionError:
        raise ModelError(f"Nothing answers at {settings.url}.") from None
    except openai.APIStatusError as error:
        raise ModelError(f"The model's server says {error.status_code}: {error.message}") from None
