"""Pre-training on collections of graphs; one method a file."""
