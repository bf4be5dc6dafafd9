"""What is stored of an evaluation: where it lies, where it comes from, what shape it has."""
