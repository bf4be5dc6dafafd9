import numpy as np
import pytest

from core.evaluate.board.picks import GROUPS, pick
from core.labels import CLASS_NAMES


@pytest.mark.parametrize("group", GROUPS)
def test_a_pick_is_what_its_group_says(answers, group):
    """Recomputed from the stored table, scan by scan."""
    found = pick(answers, group, 8)
    networks = answers.of_kind("model")
    for p in found:
        i = np.flatnonzero(answers.table["image_sha256"] == p.case.sha256)[0]
        said = [CLASS_NAMES[v.probabilities[i].argmax()] for v in networks.values()]
        sure = all(v.probabilities[i].max() >= v.threshold for v in networks.values())
        assert list(p.said.values()) == said
        assert {
            "easy": set(said) == {p.case.label} and sure,
            "hard": len(set(said)) > 1 and p.case.label in said,
            "misleading": len(set(said)) == 1 and p.case.label not in said and sure,
        }[group]
    assert len({p.case.group for p in found}) == len(found) <= 8
    if len(networks) > 1 or group == "easy":
        assert found


def test_classes_take_turns(answers):
    assert {p.case.label for p in pick(answers, "easy")} == set(CLASS_NAMES)
