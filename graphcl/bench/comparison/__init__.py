"""Significance of differences between methods: paired over seeds, and by ranks over datasets."""
