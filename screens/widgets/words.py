"""Text that is shown anew without disturbing what is around it."""

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static


class Words(Static):
    """Lays the screen out again only where the text takes more lines, or fewer, than before."""

    def show(self, content: Content | str) -> None:
        """The text from now on; the same text costs nothing."""
        content = content if isinstance(content, Content) else Content(content)
        before = self.content
        if isinstance(before, Content) and before.is_same(content):
            return
        self.update(content, layout=not self._has_room_for(content))

    def _has_room_for(self, content: Content) -> bool:
        """Whether the widget is as high as this content makes it, or higher because a style says so, or not shown."""
        width, height = self.content_size
        if not width:
            return not all(one.display for one in self.ancestors_with_self if isinstance(one, Widget))
        lines = content.get_height({}, width)
        return lines == height or (self.styles.min_height is not None and lines < height == self._least)

    @property
    def _least(self) -> int:
        """The height that `min-height: 100%` gives."""
        return self.parent.content_size.height if isinstance(self.parent, Widget) else 0
