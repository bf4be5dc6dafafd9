"""How good heat maps are: where they point, whether the network needs what they show."""
