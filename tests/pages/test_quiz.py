import pytest

from core.answer import Answer
from core.cases import cases, find
from core.labels import CLASS_NAMES
from core.quiz import Reply, Round, draw
from core.quiz_score import stored, tallies
from pages._ui.base.text import class_title
from pages._ui.quiz.rounds import Progress

from .words import healthy, text

SEVEN = Round("balanced", 5, 7)


def link(app, **parameters):
    app.query_params.clear()
    for key, value in parameters.items():
        app.query_params[key] = str(value)
    return healthy(app.switch_page("pages/quiz.py").run())


@pytest.fixture
def quiz(app):
    return link(app, set="balanced", n=5, seed=7)


def button(app, label):
    return next(b for b in app.button if b.label == label)


def point_at(app, n, x, y):
    """What the browser sends; it is kept under the same key."""
    app.session_state[f"point-balanced-5-7-{n}"] = {"value": [float(x), float(y)]}


def reply(app, guess):
    """Choose a class and answer."""
    assert button(app, "Answer").disabled
    app.get("button_group")[-1].set_value(guess).run()
    button(app, "Answer").click().run()
    return healthy(app)


def on(app):
    next(b for b in app.button if b.key and b.key.startswith("next-")).click().run()
    return healthy(app)


def names(app):
    """Everything that could give a scan away, wherever it is written."""
    pictures = [image.alt for element in app.get("image") for image in element.proto.imgs]
    return "\n".join([text(app).split("<style>")[0], *pictures, *(b.key or "" for b in app.button)])


def verdict(shares, name, answers):
    return Answer(shares, answers.voices[name].limits).verdict


def test_a_round_from_the_first_scan_to_the_score(quiz, answers):
    app, scans = quiz, draw(SEVEN, answers)
    guesses = [scans[0].label, "glioma", "glioma", "pituitary", "glioma"]
    for n, (case, guess) in enumerate(zip(scans, guesses, strict=True)):
        before = names(app)
        assert case.path not in before and case.id not in before
        assert case.source not in before and "The source" not in before
        assert not app.dataframe
        if n == 1:  # the middle of the lesion, or of its outline at least
            x, y = case.lesion.mean(axis=0)
            point_at(app, n, x, y)
        reply(app, guess)
        words = text(app)
        assert ("Right" in [s.value for s in app.subheader]) == (guess == case.label)
        assert f"**{class_title(case.label)}**" in words
        assert "which can be wrong" in words
        assert "Your point is" in words if n == 1 else "Your point is" not in words
        table = app.dataframe[0].value
        assert [said[2:] for said in table["Answer"]] == [
            class_title(CLASS_NAMES[p.argmax()])
            + "; a tumour is not ruled out" * (verdict(p, name, answers) == "not ruled out")
            for name, p in stored(answers, case).items()
        ]
        assert [said[0] == "✓" for said in table["Answer"]] == [
            CLASS_NAMES[p.argmax()] == case.label for p in stored(answers, case).values()
        ]
        on(app)
    replies = app.session_state["_quiz"][SEVEN].replies
    assert [r.guess for r in replies] == guesses
    right = sum(guess == case.label for guess, case in zip(guesses, scans, strict=True))
    assert app.header[0].value == f"You read {right} of 5 as their sources do"
    sheet, every = (frame.value for frame in app.dataframe)
    assert list(sheet["Right"]) == [f"{t.right} of 5" for t in tallies(replies, answers)]
    assert list(every["You"]) == [class_title(guess) for guess in guesses]
    assert "you pointed at 1 and hit" in text(app)
    assert {d.label for d in app.get("download_button")} == {"Answers as CSV", "Round as JSON"}


def test_nothing_answered_is_lost_or_changed(quiz):
    reply(quiz, "pituitary")
    assert not [g for g in quiz.get("button_group") if g.key and g.key.startswith("guess")]
    assert not [b for b in quiz.button if b.label == "Answer"]  # no way to answer again
    quiz.run()
    assert "What the networks said" in [h.value for h in quiz.header]
    quiz.switch_page("pages/overview.py").run()
    link(quiz)
    assert "What the networks said" in [h.value for h in quiz.header]
    assert quiz.query_params["seed"] in ("7", ["7"])
    on(quiz)
    assert "Scan 2 of 5 · 0 of 1 right so far" in [p.text for p in quiz.get("progress")]
    link(quiz, set="balanced", n=5, seed=8)
    assert "Scan 1 of 5" in [p.text for p in quiz.get("progress")]
    button(quiz, "Another round").click().run()
    assert quiz.session_state["_quiz"].keys() == {SEVEN}
    link(quiz, set="balanced", n=5, seed=7)
    assert "Scan 2 of 5 · 0 of 1 right so far" in [p.text for p in quiz.get("progress")]


def test_a_point_without_a_tumour(quiz):
    point_at(quiz, 0, 0.5, 0.5)
    quiz.run()
    reply(quiz, "glioma")
    kept = quiz.session_state["_quiz"][SEVEN].replies[0]
    assert find(kept.case).label == "notumor" and kept.point == (0.5, 0.5) and kept.aim is None
    assert "There is no tumour to point at here" in text(quiz)
    on(quiz)
    point_at(quiz, 1, 0.5, 0.5)
    quiz.run()
    reply(quiz, "notumor")
    assert quiz.session_state["_quiz"][SEVEN].replies[1].point is None


def test_a_tampered_link_gets_a_sentence_and_a_round(app):
    for key, value in {"set": "easy", "n": 10_000, "seed": "seven<b>"}.items():
        link(app, **({"set": "balanced", "n": 5, "seed": 7} | {key: value}))
        words = text(app)
        assert words.count("The link names no round") == 1 and "seven" not in words
        assert app.get("progress")[0].text.startswith("Scan 1 of")
        app.switch_page("pages/overview.py").run()
    link(app)
    assert "The link names no round" not in text(app)


def test_hard_cases_by_link(app, answers):
    asked = Round("hard", 5, 7)
    link(app, set="hard", n=5, seed=7)
    assert "The link names no round" not in text(app)
    reply(app, "glioma")
    assert app.session_state["_quiz"][asked].replies[0].case == draw(asked, answers)[0].id


def test_the_session_has_a_round_of_its_own_that_a_link_can_share(app):
    link(app)
    seed = app.query_params["seed"]
    app.switch_page("pages/overview.py").run()
    link(app)
    assert app.query_params["seed"] == seed
    assert app.query_params["set"] in ("balanced", ["balanced"])
    assert app.query_params["n"] in ("10", ["10"])


def test_a_network_draws_its_map_on_request(quiz, specs, expected):
    reply(quiz, "glioma")
    name = min(specs, key=lambda name: specs[name].manifest.parameters)
    case = cases()[quiz.session_state["_quiz"][SEVEN].replies[0].case]
    quiz.selectbox(key=f"map-{case.id}").set_value(name).run()
    words = text(healthy(quiz))
    assert f"Read now by {specs[name].manifest.title}: " in words


def test_without_an_evaluation_the_quiz_still_asks(app, monkeypatch, tmp_path):
    monkeypatch.setenv("GLASSBRAIN_MODELS_DIR", str(tmp_path))
    link(app, set="hard", n=5, seed=7)
    assert "The link names no round" in text(app)  # there are no hard cases to ask for
    reply(app, "glioma")
    assert "No network has been evaluated on this scan yet." in text(app)
    replies = tuple(Reply(case.id, "glioma") for case in draw(SEVEN, None))
    app.session_state["_quiz"] = {SEVEN: Progress(replies, len(replies))}
    app.run()
    assert "nobody to compare with" in text(app)
    assert len(app.dataframe) == 1
