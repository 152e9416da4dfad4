"""Protein interaction networks of several species: ego networks of pretrain-gnns, and their split by species."""
