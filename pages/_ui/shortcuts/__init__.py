"""The page Clever Hans."""
