"""The application: what is served, and where."""

import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated

import openai
from fastapi import Depends, FastAPI, HTTPException
from fastapi.responses import FileResponse, StreamingResponse
from pydantic import BaseModel, Field

from app import logs
from app.chat import Message, ModelError, answer, client
from app.settings import Settings

PAGE = Path(__file__).parent / "static" / "index.html"

logs.configure("uvicorn", "uvicorn.access")
logger = logging.getLogger(__name__)
app = FastAPI(title="{{ title }}")


def settings() -> Settings:
    return Settings()


def model(chosen: Annotated[Settings, Depends(settings)]) -> openai.AsyncOpenAI:
    if not (chosen.url and chosen.model):
        raise HTTPException(503, "No model is set: copy .env.example to .env, and say there which one.")
    return client(chosen)


class Conversation(BaseModel):
    messages: Annotated[list[Message], Field(min_length=1, max_length=100)]


@app.get("/health")
def health() -> dict[str, str]:
    return {"status": "ok"}


@app.post("/api/chat")
async def chat(
    conversation: Conversation,
    chosen: Annotated[Settings, Depends(settings)],
    asked: Annotated[openai.AsyncOpenAI, Depends(model)],
) -> StreamingResponse:
    """Answers as plain text, piece by piece; an error before the first piece has a status and a reason."""
    pieces = answer(asked, chosen, conversation.messages)
    try:
        first = await anext(pieces, "")
    except ModelError as error:
        logger.warning("No answer: %s", error)
        raise HTTPException(502, str(error)) from None

    async def body() -> AsyncIterator[str]:
        yield first
        try:
            async for piece in pieces:
                yield piece
        except ModelError as error:
            logger.warning("The answer broke off: %s", error)
            yield f"\n\n[{error}]"

    return StreamingResponse(body(), media_type="text/plain; charset=utf-8")


@app.get("/", include_in_schema=False)
def page() -> FileResponse:
    return FileResponse(PAGE)
