"""Secrets in what a model is shown, hidden behind placeholders that its edits may use."""

import re
from collections.abc import Mapping

_SECRETS = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]{1,20000}?-----END [A-Z ]*PRIVATE KEY-----"
    r"|\bsk-[A-Za-z0-9_-]{20,}"
    r"|\bgh[opsur]_[A-Za-z0-9]{20,}|\bgithub_pat_[A-Za-z0-9_]{20,}|\bglpat-[A-Za-z0-9_-]{20,}"
    r"|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|\bAIza[A-Za-z0-9_-]{35}\b|\bxox[abeprs]-[A-Za-z0-9-]{10,}"
    r"|\bnpm_[A-Za-z0-9]{36}\b|\bpypi-[A-Za-z0-9_-]{40,}|\bhf_[A-Za-z0-9]{30,}|\bya29\.[A-Za-z0-9_-]{20,}"
    r"|\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}"
    r"|://[^/\s:@\"']{1,64}:(?P<password>(?!\$\{)[^/\s@\"']{3,})@"
    r"|(?:pass(?:word|wd|phrase)?|secret(?:[_-]?key)?|token|api[_-]?key|app[_-]?key|access[_-]?key|private[_-]?key|credentials?)"
    r"[\"']?[ \t]*(?:=|:|=>)[ \t]*(?P<quote>[\"'`])(?P<quoted>(?!\$\{|\{\{)[^\s\"'`]{8,})(?P=quote)"
    r"|^[ \t]*(?:export[ \t]+)?[A-Z0-9_]*(?:PASSWORD|SECRET|TOKEN|API_?KEY|APP_?KEY|ACCESS_?KEY)[ \t]*[=:][ \t]*"
    r"(?P<bare>(?!\$|\{\{|<)[^\s\"'`#]{8,})[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
_PLACEHOLDER = re.compile(r"__SECRET_(\d+)__")


class Mask:
    """Hides each secret behind one placeholder, in all texts alike; grows with what it is shown."""

    def __init__(self) -> None:
        self._placeholders: dict[str, str] = {}
        self._taken: set[str] = set()

    @property
    def count(self) -> int:
        return len(self._placeholders)

    @property
    def secrets(self) -> Mapping[str, str]:
        """By placeholder."""
        return {placeholder: secret for secret, placeholder in self._placeholders.items()}

    def hide(self, text: str) -> str:
        self._taken |= set(_PLACEHOLDER.findall(text))
        return _SECRETS.sub(self._replaced, text)

    def restore(self, text: str) -> str:
        """The text with the secrets in it; placeholders that are not ours stay."""
        secrets = self.secrets
        return _PLACEHOLDER.sub(lambda found: secrets.get(found[0], found[0]), text)

    def _replaced(self, found: re.Match[str]) -> str:
        groups = [name for name in ("password", "quoted", "bare") if found[name]]
        secret = found[groups[0]] if groups else found[0]
        if _PLACEHOLDER.fullmatch(secret):
            return found[0]
        start = found.start(groups[0]) - found.start() if groups else 0
        return found[0][:start] + self._placeholder(secret) + found[0][start + len(secret) :]

    def _placeholder(self, secret: str) -> str:
        if secret not in self._placeholders:
            number = len(self._placeholders) + 1
            while str(number) in self._taken:
                number += 1
            self._taken.add(str(number))
            self._placeholders[secret] = f"__SECRET_{number}__"
        return self._placeholders[secret]
