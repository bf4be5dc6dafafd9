"""The kinds of counterfactual pictures, by name (made in `core.training.counterfactual`)."""

KINDS = ("mirror-healthy", "mirror-ill", "paste-ill", "paste-healthy")
