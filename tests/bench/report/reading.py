"""Read a page as a browser does: elements, attributes, the text of cells."""

from html.parser import HTMLParser

from graphcl.bench.report.markup import VOID


class Page(HTMLParser):
    """A page taken apart; an element that is closed out of turn is an error.

    Args:
        text: of the page.
    """

    def __init__(self, text):
        super().__init__()
        self.elements, self.tables, self.words = [], [], []
        self.open = []
        self.feed(text)
        self.close()
        assert not self.open, f"never closed: {self.open}"

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.elements.append((tag, attributes))
        if tag not in VOID:
            self.open.append(tag)
        match tag:
            case "table":
                self.tables.append((attributes.get("class"), []))
            case "tr":
                self.tables[-1][1].append([])
            case "td" | "th":
                self.tables[-1][1][-1].append("")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, f"</{tag}> out of turn"

    def handle_data(self, data):
        if self.open and self.open[-1] not in {"style", "title"}:
            self.words.append(data)
        if "td" in self.open or "th" in self.open:
            self.tables[-1][1][-1][-1] += data

    @property
    def text(self):
        """What is read on the page."""
        return " ".join("".join(self.words).split())

    def rows(self, kind):
        """The rows of all tables of a class, as texts of their cells."""
        return [row for name, rows in self.tables if name == kind for row in rows]
