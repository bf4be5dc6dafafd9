"""The ratios of tools/journey.py, worked out by hand; the journey itself needs an idle machine."""

from tools.journey import ACTIONS, summary, table


def test_new_is_set_beside_old_action_by_action():
    name = "open Cost"
    new = {name: {"answer": [4.0, 1.0, 1.0], "frame": [0.4, 0.1, 0.1]}}
    old = {name: {"answer": [8.0, 4.0, 4.0], "frame": [0.2, 0.2, 0.2]}, "open Cases": {}}
    found = summary(new, old)
    assert set(found) == {name} and len(ACTIONS) == 12
    assert found[name]["answer"]["ratio"]["first"] == 0.5
    assert found[name]["answer"]["ratio"]["p50"] == 0.25
    assert found[name]["answer"]["new"] == {"first": 4.0, "p50": 1.0, "p95": 3.7}
    assert found[name]["frame"]["ratio"]["first"] == 2.0
    line = table(found).splitlines()[1]
    assert line.startswith(name) and "0.25" in line and "2.00" in line
