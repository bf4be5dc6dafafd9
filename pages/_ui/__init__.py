"""What the pages share: caches, session state, language, and the elements they are made of."""
