"""Programs for whoever works on Glassbrain; nothing that runs it needs them."""
