"""Text cannot become code."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphcl.bench.report.markup import Markup, element, join
from tests.bench.report.reading import Page


@given(
    st.text(st.characters(exclude_categories=["Cc", "Cs"])),
    st.text(st.characters(exclude_categories=["Cc", "Cs"])),
)
def test_texts_come_back_as_they_were(content, attribute):
    page = Page(element("p", content, title=attribute))
    assert page.elements == [("p", {"title": attribute})]
    assert page.text == " ".join(content.split())


def test_markup_is_nested_and_text_is_not():
    assert element("p", element("b", "<")) == "<p><b>&lt;</b></p>"
    assert element("p", str(element("b", "x"))[:0] + "<b>") == "<p>&lt;b&gt;</p>"
    assert isinstance(join("a"), Markup)


@pytest.mark.parametrize("broken", ["<p>", "</p>", "<p><b></p></b>"])
def test_the_tests_themselves_see_broken_pages(broken):
    with pytest.raises((AssertionError, IndexError)):
        Page(broken)
