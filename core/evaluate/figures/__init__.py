"""From predictions to figures with intervals; nothing is compared yet."""
