"""From a name to a method: the registry, classes of one's own, kinds, settings, and saved models."""
