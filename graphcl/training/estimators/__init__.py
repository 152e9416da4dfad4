"""Estimators: the scikit-learn face of methods, embedders and clusterers, objects as parameters, saved models."""
