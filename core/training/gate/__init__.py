"""Fits and measures the gate (`core.gate`), which itself needs none of this."""
