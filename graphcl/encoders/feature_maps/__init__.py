"""Maps of features that are not trained: smoothing, filters, spectra, kernels, term weights."""
