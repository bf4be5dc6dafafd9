"""The two ways to train and to test, by the names that files and addresses use."""

from __future__ import annotations

from typing import Literal, get_args

Protocol = Literal["official", "unseen-patients"]
PROTOCOLS: tuple[Protocol, ...] = get_args(Protocol)
OFFICIAL: Protocol = "official"  # the dataset's own split, whose test shares patients
UNSEEN: Protocol = "unseen-patients"  # the patients of fold 0 kept apart; what ships
