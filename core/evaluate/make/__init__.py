"""Ask the networks, the controls and the ensemble, and store what they answer."""
