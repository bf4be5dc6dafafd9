"""The page Headline decoder."""
