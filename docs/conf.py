"""The site: Sphinx with furo and MyST, built by `make docs`, without network and without warnings.

What is not written by hand is made by the modules in `_ext`: the pages of the API, the command line and the results,
the numbers on the method cards, and formulas as MathML.
"""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE / "_ext"), str(HERE.parent)]

import graphcl  # noqa: E402

project = "graphcl"
author = "the graphcl developers"
project_copyright = "the graphcl developers, MIT licence"
version = release = graphcl.__version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_copybutton",
    "mathml",
    "docstrings",
    "pages",
]
exclude_patterns = ["_build", "_ext"]
html_theme = "furo"
html_title = "graphcl"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_show_sourcelink = False
html_copy_source = False
html_favicon = "_static/mark.svg"
pygments_style = "default"
pygments_dark_style = "github-dark"

myst_enable_extensions = ["colon_fence", "attrs_inline", "deflist", "dollarmath", "substitution"]
myst_heading_anchors = 3
myst_substitutions = {"version": release}
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True

autodoc_typehints = "signature"
autodoc_member_order = "bysource"
napoleon_numpy_docstring = False
napoleon_use_ivar = True
default_role = "code"
smartquotes = False
python_maximum_signature_line_length = 88
toc_object_entries_show_parents = "hide"

nitpick_ignore_regex = [
    ("py:.*", r"(?!graphcl\.).*"),
    ("py:class", r"graphcl\.(methods\.bases|datasets\.files)\..*"),
]
"""Names of other packages, annotations as they are written, and what no room offers are not links."""
