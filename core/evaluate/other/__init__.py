"""Scans of other sources: what a network is worth where nothing looks as in training."""
