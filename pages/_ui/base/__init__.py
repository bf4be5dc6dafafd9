"""What every page stands on: session, language, caches, elements, stylesheet."""
