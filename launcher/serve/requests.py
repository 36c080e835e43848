"""What is sent to the API; the OpenAPI document is made of it."""

import base64
import binascii
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints, model_validator

from launcher.serve import limits
from launcher.serve.models import Sha256, example

Name = Annotated[str, StringConstraints(max_length=40, pattern=r"^[a-z]([a-z0-9-]*[a-z0-9])?$")]
Base = Sha256 | Literal["absent"] | None
UserId = Annotated[str, StringConstraints(max_length=200)]


class CreateRequest(BaseModel):
    """A workspace from a template; without one it is empty. `variables` are the template's."""

    model_config = example(name="shop", template="python-fastapi", variables={})

    name: Name
    template: Annotated[str, StringConstraints(max_length=80)] | None = None
    variables: dict[str, str] = Field(default_factory=dict, max_length=100)


class SessionRequest(BaseModel):
    """A workspace, created from the template where it is not there; one that is stopped is started."""

    model_config = example(workspaceId="shop", template="python-fastapi", userId="ada")

    workspaceId: Name  # noqa: N815 (the seed's name)
    template: Annotated[str, StringConstraints(max_length=80)] | None = None
    userId: UserId | None = None  # noqa: N815 (the seed's name)


class FileBody(BaseModel):
    """A file with its `content` as text or, in `base64`, as bytes.

    `base` is the sha256 that it replaces, or `absent` where there must be nothing; without it, whatever is there goes.
    """

    path: Annotated[str, StringConstraints(min_length=1, max_length=4096)]
    content: str | None = None
    base64: str | None = None
    mode: Annotated[int, Field(ge=0, le=0o777)] | None = None
    base: Base = None

    @model_validator(mode="after")
    def _one_content(self) -> "FileBody":
        if (self.content is None) == (self.base64 is None):
            raise ValueError("must have exactly one of content and base64")
        self.data()
        return self

    def data(self) -> bytes:
        """Raises ValueError for what no bytes can be made of."""
        if self.base64 is not None:
            try:
                return base64.b64decode(self.base64, validate=True)
            except (binascii.Error, ValueError):
                raise ValueError("has base64 that cannot be decoded") from None
        try:
            return (self.content or "").encode()
        except UnicodeEncodeError:
            raise ValueError("has content that is not valid Unicode") from None


class DeletedFile(BaseModel):
    """A file that is to go; `base` as in `files`."""

    path: Annotated[str, StringConstraints(min_length=1, max_length=4096)]
    base: Base = None


class SyncRequest(BaseModel):
    """Changes to a workspace's files that are made all, or none."""

    model_config = example(
        workspaceId="shop",
        files=[{"path": "app/main.py", "content": "print('hello')\n", "base": "absent"}],
        delete=["old.py"],
    )

    workspaceId: Name  # noqa: N815 (the seed's name)
    files: list[FileBody] = Field(default_factory=list[FileBody], max_length=limits.SYNC_FILES)
    delete: list[str | DeletedFile] = Field(default_factory=list[str | DeletedFile], max_length=limits.SYNC_FILES)


class GenerateRequest(BaseModel):
    """`run` lets what the model wrote run where a workspace is not isolated; elsewhere it runs in any case."""

    model_config = example(prompt="A URL shortener with FastAPI and SQLite", userId="ada")

    prompt: Annotated[str, StringConstraints(min_length=1, max_length=limits.PROMPT, strip_whitespace=True)]
    name: Name | None = None
    run: bool = False
    userId: UserId | None = None  # noqa: N815 (the seed's name)


class ChatRequest(BaseModel):
    """A change asked for in words; `chat` goes on with a conversation."""

    model_config = example(instruction="Add an expiry date to links")

    instruction: Annotated[str, StringConstraints(min_length=1, max_length=limits.PROMPT, strip_whitespace=True)]
    chat: Annotated[str, StringConstraints(max_length=40, pattern=r"^[0-9a-z]+$")] | None = None


class HunkChoice(BaseModel):
    """A hunk of a proposal, counted from 0; a file without hunks has the one 0."""

    path: Annotated[str, StringConstraints(max_length=4096)]
    hunk: Annotated[int, Field(ge=0)]


class ApplyRequest(BaseModel):
    """The hunks that are agreed to; without `hunks` all of the proposal."""

    model_config = example(hunks=[{"path": "app/main.py", "hunk": 0}])

    hunks: Annotated[list[HunkChoice], Field(max_length=100_000)] | None = None
