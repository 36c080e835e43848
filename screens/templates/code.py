"""A file's text in few colours: words of the language, texts, numbers and remarks apart from the rest."""

from pygments.token import Comment, Generic, Keyword, Name, Number, Operator, String
from textual.content import Content
from textual.highlight import HighlightTheme, highlight


class Calm(HighlightTheme):
    """In the theme's own colours."""

    STYLES = {  # pyright: ignore[reportUnannotatedClassAttribute]
        Comment: "$muted italic",
        Generic.Heading: "bold",
        Generic.Subheading: "bold",
        Generic.Strong: "bold",
        Generic.Emph: "italic",
        Keyword: "$accent",
        Name.Attribute: "$warning",
        Name.Class: "bold",
        Name.Decorator: "$warning",
        Name.Function: "bold",
        Name.Tag: "$accent",
        Number: "$warning",
        Operator.Word: "$accent",
        String: "$success",
    }


def highlighted(text: str, path: str) -> Content:
    """The language is told by the path; what has no colour of its own keeps that of its widget."""
    found = highlight(text, path=path, theme=Calm)
    return Content(found.plain, spans=[span for span in found.spans if span.style != "$text"])


def harmless(text: str) -> str:
    """Lines without what could steer the terminal."""
    return "".join(char if char.isprintable() or char == "\n" else " " for char in text.expandtabs(4))


def code_lines(text: str, path: str) -> list[Content]:
    """A file's lines in colours, without what could steer the terminal."""
    return list(highlighted(harmless(text), path).split("\n", allow_blank=True))
