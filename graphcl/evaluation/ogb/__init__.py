"""Evaluation as OGB's leaderboards ask for it: its official evaluators, and frozen embeddings under them."""
