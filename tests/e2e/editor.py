"""VS Code in a browser, as a person sees and uses it."""

import re
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Page, expect

PATIENCE = 120_000
"""Milliseconds that VS Code may take for one thing, on a machine that does others beside it."""

UNWANTED = re.compile(
    r"copilot|\bchat\b|\bAI\b|welcome|walkthrough|what's new|release notes|telemetry|do you trust", re.I
)
"""Words that no part of a fresh editor may show."""


@dataclass(frozen=True, slots=True)
class Editor:
    """The page of one workspace."""

    page: Page

    async def open(self, url: str) -> None:
        """Returns once the explorer shows files."""
        await self.page.goto(url)
        await expect(self._rows.first).to_be_visible(timeout=PATIENCE)

    async def explorer(self) -> list[str]:
        """The names of what lies in the project's folder."""
        return [await row.get_attribute("aria-label") or "" for row in await self._rows.all()]

    async def tabs(self) -> list[str]:
        return await self.page.locator(".tabs-container .tab").all_inner_texts()

    async def readme_title(self) -> str:
        """The first heading of the Markdown preview."""
        heading = self.page.frame_locator("iframe.webview").frame_locator("iframe#active-frame").locator("h1").first
        await expect(heading).to_be_visible(timeout=PATIENCE)
        return await heading.inner_text()

    async def notifications(self) -> list[str]:
        return await self.page.locator(".notifications-toasts .notification-toast").all_inner_texts()

    async def unwanted(self) -> list[str]:
        """What stands in the way: dialogs, the panel at the right, and words of upstream's own promotions."""
        found = [f"a dialog: {text}" for text in await self.page.locator(".monaco-dialog-box").all_inner_texts()]
        if await self.page.locator(".part.auxiliarybar").is_visible():
            found.append("the secondary side bar")
        shown = await self.page.locator(".monaco-workbench").inner_text()
        labels = await self.page.evaluate(
            "[...document.querySelectorAll('.monaco-workbench [aria-label]')]"
            ".filter(one => one.checkVisibility()).map(one => one.ariaLabel)"
        )
        return found + [line for line in (*shown.splitlines(), *labels) if UNWANTED.search(line)]

    async def open_terminal(self) -> None:
        await self.page.keyboard.press("Control+Backquote")
        await expect(self.page.locator(".terminal-wrapper.active textarea.xterm-helper-textarea")).to_be_focused(
            timeout=PATIENCE
        )

    async def type_line(self, line: str) -> None:
        await self.page.keyboard.type(line)
        await self.page.keyboard.press("Enter")

    async def run_build_task(self) -> None:
        """What the README tells: the project's own run command."""
        await self.page.keyboard.press("Control+Shift+KeyB")

    async def forwarded_ports(self) -> list[str]:
        """What the view Ports lists, without its last row, by which one is added."""
        await self.page.keyboard.press("F1")
        await self.page.keyboard.type("Ports: Focus on Ports View")
        await self.page.keyboard.press("Enter")
        rows = self.page.locator(".pane-body .monaco-table .monaco-list-row")
        await expect(rows.last).to_contain_text("Add Port", timeout=PATIENCE)
        return [(await row.inner_text()).split("\n")[0] for row in (await rows.all())[:-1]]

    async def screenshot(self, path: Path) -> None:
        path.parent.mkdir(exist_ok=True)
        await self.page.screenshot(path=path)

    @property
    def _rows(self):
        return self.page.locator(".explorer-folders-view .monaco-list-row")
