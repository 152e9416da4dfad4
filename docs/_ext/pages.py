"""The pages that are made before a build, and the marks in pages that are filled in while they are read."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import api_pages
import cards
import command_line
from links import RESULTS, relinked
from sphinx.application import Sphinx

ROOT = Path(__file__).parents[2]
MADE = ("reference", "results")
"""Folders of docs/ that hold made pages alone; git ignores them."""

MARK = re.compile(r"^<!-- (?P<kind>methods|card|numbers|file)(?:: (?P<of>\S+))? -->$", re.MULTILINE)


def fill(text: str) -> str:
    """The text of a page with its marks replaced by what they stand for.

    `<!-- methods -->` is the table of all methods; `<!-- card: NAME -->` and `<!-- numbers: NAME -->` are parts of a
    method's card; `<!-- file: PATH -->` is a Markdown file of the repository.

    Example:
        >>> fill("<!-- card: leiden -->").splitlines()[4]
        '| class | {py:class}`graphcl.Leiden` |'
    """
    forms: dict[str, Callable[[str], str]] = {
        "methods": lambda _: cards.listing(),
        "card": cards.facts,
        "numbers": lambda name: cards.numbers(name, ROOT),
        "file": included,
    }
    return MARK.sub(lambda mark: forms[mark["kind"]](mark["of"] or ""), text)


def included(path: str) -> str:
    """A Markdown file of the repository, its links made links between pages."""
    return relinked((ROOT / path).read_text(encoding="utf-8"), str(Path(path).parent), ROOT)


NAMES = {"gcool": "gCooL", "scgc": "SCGC", "two-view": "TwoView", "lloyd": "Lloyd's algorithm"}
"""Words of file names as titles write them."""


def result_page(path: Path) -> str:
    """A table of benchmarks/tables/ as a page: a title, what benchmarks/README.md says of it, then its text.

    A report of benchmarks/ogb/ is a page as it is.
    """
    text = included(path.relative_to(ROOT).as_posix())
    if path.parent.name == "ogb":
        return text
    said = re.search(rf"^\| ([^|]+) \|.*tables/{path.name}", "\n".join(_index_lines()), flags=re.MULTILINE)
    word = next((word for word in NAMES if path.stem.startswith(word)), "")
    rest = path.stem.removeprefix(word).replace("-", " ").strip()
    title = f"{NAMES[word]} {rest}".strip() if word else rest.capitalize()
    body = re.sub(r"\A# .*\n", "", text)
    about = f"{said[1][0].upper()}{said[1][1:]}.\n\n" if said else ""
    return f"# {title}\n\n{about}{re.sub('^###', '##', body, flags=re.MULTILINE)}"


def _index_lines() -> list[str]:
    """The lines of benchmarks/README.md, with names of tables like `clustering-large.md` in full."""
    text = (ROOT / "benchmarks" / "README.md").read_text(encoding="utf-8")
    return [re.sub(r", ([\w-]+\.md)", r", tables/\1", line) for line in text.splitlines()]


def write_pages(app: Sphinx) -> None:
    """Write the reference, the command line and the results into folders that git ignores."""
    docs = Path(app.srcdir)
    for folder in MADE:
        shutil.rmtree(docs / folder, ignore_errors=True)
        (docs / folder).mkdir()
    for name, text in api_pages.pages(ROOT):
        (docs / "reference" / name).write_text(text, encoding="utf-8")
    (docs / "reference" / "command-line.md").write_text(command_line.page(), encoding="utf-8")
    tables = [path for folder in RESULTS for path in sorted((ROOT / folder).glob("*.md"))]
    for path in tables:
        (docs / "results" / path.name).write_text(result_page(path), encoding="utf-8")
    index = included("benchmarks/README.md").replace("# Benchmarks", "# Results", 1)
    toctree = "\n".join(["```{toctree}", ":hidden:", *(path.stem for path in tables), "```"])
    (docs / "results" / "index.md").write_text(f"{index}\n{toctree}\n", encoding="utf-8")


def read_page(_app: Sphinx, name: str, content: list[str]) -> None:
    """Fill the marks of a page, and turn its links to files into links to pages."""
    if not name.startswith(MADE):
        folder = Path("docs", name).parent.as_posix()
        content[0] = fill(relinked(content[0], folder, ROOT))


def setup(app: Sphinx) -> dict[str, bool]:
    """Write the made pages first, and listen to pages being read."""
    app.connect("builder-inited", write_pages)
    app.connect("source-read", read_page)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
