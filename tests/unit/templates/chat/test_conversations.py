import asyncio

import pytest

from cluster.files import EngineFiles
from templates.chat.conversations import (
    CommandRun,
    Message,
    as_markdown,
    delete_conversation,
    read_conversation,
    read_conversations,
    save_message,
)
from templates.chat.errors import ChatNotFoundError
from templates.workspace_files import Write

FIRST = Message("add a tax", "Done.\n", "2026-01-31T12:00:00+00:00", "m", "0.01", ("a.py",), ("b.py",), 1)
SECOND = Message("test it", "Yes.", "2026-01-31T12:05:00+00:00", commands=(CommandRun("pytest", 1, "1 failed\n"),))


async def test_conversations_are_kept_the_last_first(files: EngineFiles) -> None:
    await save_message(files, "aaa", FIRST)
    await save_message(files, "bbb", SECOND)

    found = await read_conversations(files)

    assert [(one.id, one.title, one.messages) for one in found] == [
        ("bbb", "test it", (SECOND,)),
        ("aaa", "add a tax", (FIRST,)),
    ]
    assert (await read_conversation(files, "aaa")).messages == (FIRST,)


async def test_a_message_is_written_again_in_its_place(files: EngineFiles) -> None:
    number = await save_message(files, "aaa", FIRST)
    await save_message(files, "aaa", SECOND)
    await save_message(files, "aaa", SECOND, number)

    assert (await read_conversation(files, "aaa")).messages == (SECOND, SECOND)


async def test_two_that_go_on_at_once_lose_nothing(files: EngineFiles) -> None:
    numbers = await asyncio.gather(*(save_message(files, "aaa", FIRST) for _ in range(3)))

    assert sorted(numbers) == [1, 2, 3]


async def test_a_conversation_is_deleted_alone(files: EngineFiles) -> None:
    await save_message(files, "aaa", FIRST)
    await save_message(files, "bbb", SECOND)

    await delete_conversation(files, "aaa")

    assert [one.id for one in await read_conversations(files)] == ["bbb"]
    for chat in ("aaa", "../turns", "*"):
        with pytest.raises(ChatNotFoundError):
            await delete_conversation(files, chat)


async def test_what_is_none_of_ours_is_passed_over(files: EngineFiles) -> None:
    await save_message(files, "aaa", FIRST)
    await files.apply([], [Write("chats/ccc/000001.json", b"{}"), Write("chats/aaa/000007.json", b"\xff")])

    assert [one.messages for one in await read_conversations(files)] == [(FIRST,)]


async def test_markdown_has_all_of_it(files: EngineFiles) -> None:
    await save_message(files, "aaa", FIRST)
    await save_message(files, "aaa", SECOND)

    text = as_markdown("shop", await read_conversation(files, "aaa"))

    assert text.startswith(
        "# shop: add a tax\n\n## You, 2026-01-31T12:00:00+00:00\n\nadd a tax\n\n## Answer (m, $0.01)\n"
    )
    assert "*Changed: `b.py`.*" in text
    assert "```\n$ pytest\n1 failed\n(exit code 1)\n```" in text
