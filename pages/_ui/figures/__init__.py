"""Words and charts for numbers: builders that return figures, what draws them, stylesheets."""
