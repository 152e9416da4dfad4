"""The scikit-learn face of methods: fit, transform, save and load, embedders and clusterers, objects as parameters."""
