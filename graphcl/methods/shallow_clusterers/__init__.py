"""Clustering of nodes without a training: linear filters, spectra, k-means, modularity; one method a file."""
