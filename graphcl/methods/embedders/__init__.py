"""Embedders of nodes: contrastive, bootstrapped, decorrelated, masked; one method a file."""
