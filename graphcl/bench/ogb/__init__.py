"""Entries for OGB's leaderboards: planned, run seed by seed, and reported as the submission form asks."""
