"""HTML and SVG elements; text is escaped unless it is markup already, so that names cannot inject code."""

from html import escape


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


VOID = frozenset({"br", "link", "meta"})
"""Elements that HTML forbids to close."""


def element(tag: str, /, *content: object, **attributes: object) -> Markup:
    """An element with content and attributes, both escaped.

    Args:
        tag: its name.
        content: markup as it is, sequences of content one after the other, anything else as text; None is nothing.
        attributes: by name; a trailing "_" is dropped and others become "-"; None leaves the attribute out.

    Example:
        >>> element("p", "a < b", element("br"), [1, None, 2], class_="note", data_n=3, id=None)
        '<p class="note" data-n="3">a &lt; b<br>12</p>'
    """
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(str(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    if tag in VOID:
        return Markup(f"<{tag}{written}>")
    return Markup(f"<{tag}{written}>{join(*content)}</{tag}>")


def join(*content: object) -> Markup:
    """Content as `element` takes it, without an element around it.

    Example:
        >>> join("<", Markup("<i>"), ["a", "b"])
        '&lt;<i>ab'
    """
    parts: list[str] = []
    for item in content:
        match item:
            case None:
                pass
            case Markup():
                parts.append(item)
            case list() | tuple():
                parts.append(join(*item))
            case _:
                parts.append(escape(str(item)))
    return Markup("".join(parts))


def spaced(cell: str) -> Markup:
    """A cell "mean ± deviation" with the deviation in small type.

    Example:
        >>> spaced("1.0 ± 0.1"), spaced("-")
        ('1.0<small> ± 0.1</small>', '-')
    """
    average, sign, deviation = cell.partition(" ± ")
    return join(average, element("small", sign, deviation) if sign else None)


def counted(n: int, what: str, plural: str = "s") -> str:
    """A number of things.

    Example:
        >>> counted(1, "class", "es"), counted(1200, "run")
        ('1 class', '1,200 runs')
    """
    return f"{n:,} {what}" + ("" if n == 1 else plural)


def key(text: str, mark: str) -> Markup:
    """An entry of a legend: a square in the colour of a CSS class, and what it stands for.

    Example:
        >>> key("memory", "c1")
        '<span><i class="key c1"></i>memory</span>'
    """
    return element("span", element("i", class_=f"key {mark}"), text)
