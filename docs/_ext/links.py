"""Links between files of the repository, turned into links between pages of the site."""

import posixpath
import re
from pathlib import Path

LINK = re.compile(r"(?P<before>\]\()(?P<target>[^)\s:#]+)(?P<anchor>#[^)\s]*)?\)")
FENCE = re.compile(r"^(```|:::)")

PAGES = {
    "README.md": "index.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "data/README.md": "data.md",
    "benchmarks/README.md": "results/index.md",
}
"""Files of the repository outside docs/ that are pages of the site."""

RESULTS = ("benchmarks/tables", "benchmarks/ogb")
"""Folders of Markdown files each of which is a page among the results."""


def page_of(path: str) -> str | None:
    """The page that shows a file of the repository; None where none does.

    Example:
        >>> page_of("benchmarks/tables/gcool.md"), page_of("docs/molecules.md"), page_of("examples/own_loss.py")
        ('results/gcool.md', 'molecules.md', None)
    """
    for folder in RESULTS:
        if path.startswith(f"{folder}/") and path.endswith(".md"):
            return "results/" + path.removeprefix(f"{folder}/")
    if path.startswith("docs/") and path.endswith(".md"):
        return path.removeprefix("docs/")
    return PAGES.get(path)


def relinked(text: str, folder: str, root: Path) -> str:
    """Markdown with its links to files made links to pages, from the top of the site.

    A file that is no page is offered for download; the text of a link to a folder stays without the link.

    Args:
        text: Markdown.
        folder: where it stands in the repository, "" for its top.
        root: of the repository.
    """

    def target(link: re.Match[str]) -> str:
        anchor = link["anchor"] or ""
        if link["target"].startswith("/"):
            return link[0]
        path = posixpath.normpath(posixpath.join(folder, link["target"]))
        if page := page_of(path):
            return f"](/{page}{anchor})"
        return f"](/../{path})" if (root / path).is_file() else "](.)"

    lines, fenced = text.split("\n"), False
    for i, line in enumerate(lines):
        fenced ^= bool(FENCE.match(line))
        if not fenced:
            lines[i] = re.sub(r"\[([^\]]+)\]\(\.\)", r"\1", LINK.sub(target, line))
    return "\n".join(lines)
