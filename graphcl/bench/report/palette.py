"""Sixteen colours that stay apart for colour-blind eyes, one set on white and one on black.

Found by a search: in OKLab the closest two of a set are 0.11 apart, and 0.09 as seen with full protanopia,
deuteranopia or tritanopia; 0.02 is just noticeable. Numbers in the pictures say the same as the colours.

Reference: the views of colour-blind eyes are those of [Machado, Oliveira, Fernandes, IEEE TVCG 2009].
"""

LIGHT = (
    "#2f65d4", "#d77312", "#07a171", "#c782bd", "#d31d01", "#41c8fd", "#251c74", "#481c03",
    "#b9c01c", "#134d6a", "#f7a3a7", "#9b5298", "#937af7", "#89093e", "#636d51", "#6626a6",
)  # fmt: skip
"""On white."""

DARK = (
    "#6a82f7", "#c7b41e", "#06bb81", "#fc8ebd", "#f1551c", "#cccafd", "#8056a5", "#f7f910",
    "#ba3903", "#aa6375", "#3f5ae0", "#b9fbff", "#d864bb", "#6bf1b8", "#f9ce6d", "#af9ffe",
)  # fmt: skip
"""On black."""


def colour(index: int) -> str:
    """The CSS class of a colour; beyond the last one they begin again.

    Example:
        >>> colour(3), colour(17)
        ('c3', 'c1')
    """
    return f"c{index % len(LIGHT)}"


def variables(colours: tuple[str, ...]) -> str:
    """A set of colours as CSS variables.

    Example:
        >>> variables(("#000000", "#ffffff"))
        '--c0:#000000;--c1:#ffffff;'
    """
    return "".join(f"--c{index}:{value};" for index, value in enumerate(colours))


def classes() -> str:
    """The CSS classes that `colour` names.

    Example:
        >>> classes().splitlines()[0]
        '.c0{color:var(--c0)}'
    """
    return "".join(f".c{index}{{color:var(--c{index})}}\n" for index in range(len(LIGHT)))
