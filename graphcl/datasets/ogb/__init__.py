"""Datasets of the Open Graph Benchmark (OGB), read from its own files without its package and without pickles."""
