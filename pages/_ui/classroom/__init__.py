"""The page Classroom."""
