"""Which files a model is shown: those that are named, used before or changed lately, then by name and size."""

import re
from collections.abc import Collection, Sequence

from templates.credentials import is_secret
from templates.workspace_files import FileInfo

LARGEST = 200_000
"""Bytes above which a file is only shown if it is named."""

LATELY = 10
"""So many files that were changed last count as changed lately."""

_GENERATED = re.compile(
    r"(^|/)(package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|[^/]*\.lock|uv\.lock|go\.sum|[^/]*\.min\.(js|css)"
    r"|[^/]*\.map|[^/]*\.snap)$"
)
_BINARY = re.compile(
    r"\.(png|jpe?g|gif|webp|ico|icns|bmp|pdf|zip|gz|tgz|xz|bz2|zst|7z|tar|jar|war|whl|vsix|so|dylib|dll|exe|bin|o|a|pyc"
    r"|class|wasm|woff2?|ttf|otf|eot|mp[34]|m4a|wav|ogg|webm|mov|avi|sqlite3?|db|parquet|npy|npz|pkl|onnx|pt)$",
    re.IGNORECASE,
)
_ENTRY = re.compile(
    r"(^|/)(README(\.\w+)?|package\.json|pyproject\.toml|requirements\.txt|go\.mod|Cargo\.toml|Gemfile|Makefile"
    r"|Dockerfile|tsconfig\.json|(main|app|index|server|__main__)\.\w+)$",
    re.IGNORECASE,
)
_WORD = re.compile(r"[a-z0-9]{3,}")
_MENTION = re.compile(r"@?[\w@.+-]*[\w/.+-]+\.\w+|@[\w/.+-]+|[\w.+-]+/[\w/.+-]+")


def holds_secrets(path: str) -> bool:
    """Whether the file's name says so; such a file is never shown."""
    return is_secret(path, folder=False, start=bytes)


def mentioned(instruction: str, paths: Collection[str]) -> frozenset[str]:
    """The files that the instruction names: by `@path`, by path, or by a name that only a few files have."""
    words = {word.lstrip("@").rstrip(".,:;").removeprefix("./") for word in _MENTION.findall(instruction)} - {""}
    found = {path for path in paths if path in words}
    for word in words - found:
        ends = [path for path in paths if path.endswith(f"/{word}")]
        below = [path for path in paths if path.startswith(f"{word.rstrip('/')}/")]
        found.update(ends if len(ends) <= 3 else ())
        found.update(below if len(below) <= 30 else ())
    return frozenset(found)


def ranked(files: Sequence[FileInfo], instruction: str, used: Collection[str]) -> list[FileInfo]:
    """The files that may be shown, the most relevant first; `used` are those of the conversation so far."""
    named = mentioned(instruction, [one.path for one in files])
    lately = {one.path for one in sorted(files, key=lambda one: -one.modified)[:LATELY]}
    words = set(_WORD.findall(_MENTION.sub(" ", instruction.lower())))

    def rank(info: FileInfo) -> tuple[int, int, int, str]:
        if info.path in named or info.path in used:
            level = 0 if info.path in named else 1
        else:
            hits = len(words & set(_WORD.findall(info.path.lower())))
            level = 10 - 2 * min(hits, 3) - (info.path in lately) - bool(_ENTRY.search(info.path))
        return level, info.path.count("/"), info.size, info.path

    def shown(info: FileInfo) -> bool:
        if _BINARY.search(info.path) or holds_secrets(info.path):
            return False
        return info.path in named or (info.size <= LARGEST and not _GENERATED.search(info.path))

    return sorted(filter(shown, files), key=rank)
