"""Parts of graph-level evaluation: folds, nested cross-validation, colours of graphs and their duplicates."""
