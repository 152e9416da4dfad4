"""Published hyper-parameters and results, as data: one TOML file per method, one table per data set."""

from graphcl.recipes.published_results import Published, parse_published, published
from graphcl.recipes.reading import (
    SETTINGS_ONLY,
    check_recipe,
    read_recipe,
    read_recipe_file,
    read_search_table,
    tuned_with_labels,
)

__all__ = [
    "SETTINGS_ONLY",
    "Published",
    "check_recipe",
    "parse_published",
    "published",
    "read_recipe",
    "read_recipe_file",
    "read_search_table",
    "tuned_with_labels",
]
