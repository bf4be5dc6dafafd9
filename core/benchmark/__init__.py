"""How fast things are, measured in turn within one run."""
