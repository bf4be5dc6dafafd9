"""The classroom driven in the app's own process: teacher, student, and every bad input."""

import pytest
from sqlalchemy import update

from core.cases import cases
from core.classroom import connect, limits, look_up, sit, tally
from core.classroom.database import rooms
from core.labels import CLASS_NAMES
from core.settings import Settings
from pages._ui.base.text import class_title
from pages._ui.classroom.door import in_network

from .opening import opened
from .words import healthy, text

NOWHERE = "postgresql://nobody@127.0.0.1:9/none"  # the discard port


@pytest.fixture(autouse=True)
def engine(tmp_path, monkeypatch):
    monkeypatch.setenv("GLASSBRAIN_DATABASE_URL", f"sqlite:///{tmp_path / 'rooms.sqlite3'}")
    engine = connect(Settings().database_url)
    yield engine
    engine.dispose()


def visit(**link):
    """The page as a browser of its own opens it."""
    return opened("classroom", **link)


def said(app, key):
    """A parameter of the address."""
    value = app.query_params[key]
    return value[0] if isinstance(value, list) else value


def press(app, label):
    next(b for b in app.button if b.label == label).click()
    return app.run()


@pytest.fixture
def teacher():
    return healthy(press(visit(), "Open a room"))


@pytest.fixture
def code(teacher):
    return said(teacher, "room")


@pytest.fixture
def student(code):
    return healthy(visit(room=code))


@pytest.fixture
def answering(teacher, student):
    """The first scan is on the screen."""
    healthy(press(teacher, "Start, 5 scans"))
    return healthy(student.run())


def keys(app):
    return {b.key for b in app.button}


def metrics(app):
    return {m.label: m.value for m in app.metric}


def error(app):
    """The one sentence that says what is wrong; nothing else failed."""
    healthy(app)
    assert len(app.error) == 1
    return app.error[0].value


def test_a_lesson(teacher, student, answering, code, engine):
    assert metrics(teacher) == {"Joined": "1", "Answered": "0"}
    assert 'class="gb-bars"' not in text(teacher) and 'class="gb-voices"' not in text(teacher)
    student.button(key="answer-glioma").click().run()
    student.button(key="answer-notumor").click().run()
    assert "stored: No tumour" in text(healthy(student))
    assert metrics(teacher.run())["Answered"] == "1"

    press(teacher, "Show the votes")
    assert "1 · 100\u202f%" in text(teacher) and "By its source" not in text(teacher)
    assert "Answers are closed. Yours: No tumour." in text(student.run())
    assert 'class="gb-bars"' not in text(student) and not keys(student) & {"answer-glioma"}

    press(teacher, "Reveal")
    case = cases()[look_up(engine, code).scan]
    truth = f"By its source: {class_title(case.label)}"
    assert truth in text(healthy(teacher)) and truth in text(healthy(student.run()))
    assert 'class="gb-bars"' in text(student)

    press(teacher, "Next scan")
    assert keys(healthy(student.run())) >= {f"answer-{name}" for name in CLASS_NAMES}
    press(teacher, "Reveal")
    press(teacher, "End the lesson")
    assert "as the source does?" in text(healthy(teacher))
    assert len(teacher.dataframe[0].value) == 2
    right = int(case.label == "notumor")
    assert f"{right} of 2 scans right" in text(healthy(student.run()))

    healthy(teacher.run())
    assert "2 answers go" not in text(teacher) and "1 answer goes" in text(teacher)
    press(teacher, "Delete for good")
    assert teacher.title[0].value == "Live classroom" and not teacher.query_params
    assert "There is no room" in error(student.run())


def test_a_tie_is_said_to_be_one(teacher, code):
    students = [healthy(visit(room=code)) for _ in range(2)]
    press(teacher, "Start, 5 scans")
    for student, name in zip(students, ("glioma", "notumor"), strict=True):
        student.run().button(key=f"answer-{name}").click().run()
    press(teacher, "Show the votes")
    assert "A tie: Glioma, No tumour" in text(healthy(teacher))
    press(teacher, "Reveal")
    case = cases()[look_up(connect(Settings().database_url), code).scan]
    right = 50 * (case.label in ("glioma", "notumor"))
    assert metrics(healthy(teacher))["Right so far, the class"] == f"{right}\u202f%"
    press(teacher, "End the lesson")
    assert "A tie: Glioma, No tumour" in teacher.dataframe[0].value.to_numpy()


@pytest.mark.parametrize(
    ("root", "serves", "own", "link"),
    [
        (
            "http://localhost:8501/classroom",
            None,
            "192.168.1.7",
            "http://192.168.1.7:8501/classroom",
        ),
        ("http://127.0.0.1:8501", "0.0.0.0", "192.168.1.7", "http://192.168.1.7:8501"),
        ("http://[::1]/", None, "fd00::7", "http://[fd00::7]/"),
        ("http://localhost:8501/", "127.0.0.1", "192.168.1.7", "http://localhost:8501/"),
        ("http://localhost:8501/", None, None, "http://localhost:8501/"),
        ("https://brain.example/app", None, "192.168.1.7", "https://brain.example/app"),
    ],
)
def test_the_link_for_phones_holds_the_address_in_the_network(root, serves, own, link):
    assert in_network(root, serves, own) == link


def test_votes_as_they_come(teacher, answering):
    answering.button(key="answer-glioma").click().run()
    teacher.run()
    teacher.toggle(key="classroom_live").set_value(True).run()
    assert 'class="gb-bars"' in text(healthy(teacher)) and 'class="gb-voices"' not in text(teacher)


def test_the_networks_stand_beside_the_class(specs, teacher, answering, code, engine):
    from core.classroom.summary import readings
    from core.evaluate.board.answers import gather
    from core.evaluate.board.leaderboard import load_leaderboard
    from pages._ui.base.text import percent
    from pages._ui.figures.wording import stored_answer

    board = load_leaderboard(Settings().models_dir, "unseen-patients")
    answers = gather([row for row in board.rows if row.metrics])
    press(teacher, "Show the votes")
    found = readings(answers, cases()[look_up(engine, code).scan])
    assert set(found) >= set(answers.of_kind("model"))
    for name, answer in found.items():
        row = f"{stored_answer(answer)}</td><td>{percent(answer.probabilities.max())}"
        assert answers.voices[name].row.title in text(teacher) and row in text(teacher)


def test_the_same_draw_gives_the_same_scans(engine):
    def scans():
        app = visit()
        app.number_input(key="classroom_seed").set_value(7)
        app.radio(key="classroom_kind").set_value(app.radio(key="classroom_kind").options[-1])
        return look_up(engine, said(press(app, "Open a room"), "room")).scans

    assert scans() == scans()


def test_a_reload_keeps_everybody(teacher, student, answering, code, engine):
    student.button(key="answer-pituitary").click().run()
    again = healthy(visit(room=code, seat=said(student, "seat")))
    assert "stored: Pituitary tumour" in text(again)
    chair = healthy(visit(room=code, teacher=said(teacher, "teacher")))
    assert metrics(chair) == {"Joined": "1", "Answered": "1"}
    assert tally(engine, code, said(teacher, "teacher")).joined == 1


def test_another_page_and_back(student, code):
    seat = said(student, "seat")
    student.query_params.clear()
    student.switch_page("pages/overview.py").run()
    back = healthy(student.switch_page("pages/classroom.py").run())
    assert (said(back, "room"), said(back, "seat")) == (code, seat)


def test_joining_by_a_typed_code(code):
    app = visit()
    app.text_input(key="classroom_code").set_value(f" {code.lower()} ")
    assert "You are in" in text(healthy(press(app, "Join the room")))


@pytest.mark.parametrize("typed", ["", "<b>*x*</b>"])
def test_an_unknown_code(typed):
    app = visit()
    app.text_input(key="classroom_code").set_value(typed)
    assert "There is no room" in error(press(app, "Join the room"))
    assert "Leave the room" not in [button.label for button in app.button]  # nobody is in one


def test_who_tries_many_codes_is_stopped_and_others_are_not(code, monkeypatch):
    monkeypatch.setattr(limits, "WRONG", limits.Limit(3, 10, limits.WRONG.sentence))
    app = visit()
    for _ in range(3):
        app.text_input(key="classroom_code").set_value("NOPE2")
        assert "There is no room" in error(press(app, "Join the room"))
    app.text_input(key="classroom_code").set_value(code)
    assert "Try again in 10 minutes" in error(press(app, "Join the room"))
    assert "You are in" in text(healthy(visit(room=code)))


def test_unknown_and_expired_links(student, code, engine):
    app = visit(room="NOPE2")
    assert "There is no room NOPE2" in error(app)
    assert press(app, "Leave the room").title[0].value == "Live classroom"
    with engine.begin() as connection:
        connection.execute(update(rooms).values(expires=0))
    for late in (student.run(), visit(room=code)):
        assert f"Room {code} has closed" in error(late)


def test_tampered_links(teacher, student, code):
    seat = said(student, "seat")
    for key in (seat, "é"):
        app = visit(room=code, teacher=key)
        assert "not the teacher's" in error(app)
        assert not any(k and k.startswith("to-") for k in keys(app))
    other = said(press(visit(), "Open a room"), "room")
    for link in ({"room": other, "seat": seat},
                 {"room": code, "seat": said(teacher, "teacher")}):  # fmt: skip
        assert "no student" in error(visit(**link))


def test_an_answer_that_comes_too_late(teacher, student, answering, code, engine):
    press(teacher, "Reveal")
    student.button(key="answer-glioma").click().run()
    assert "No answer to this scan is taken any more" in error(student)
    assert sit(engine, code, said(student, "seat")).answers == {}


def test_a_database_that_is_down(monkeypatch):
    monkeypatch.setenv("GLASSBRAIN_DATABASE_URL", NOWHERE)
    app = visit()
    assert "does not answer" in error(app)
    healthy(app.switch_page("pages/cases.py").run())
    assert not app.error


def test_a_database_that_goes_down_in_a_lesson(student, answering, code, engine, monkeypatch):
    student.button(key="answer-glioma").click().run()
    up = Settings().database_url
    monkeypatch.setenv("GLASSBRAIN_DATABASE_URL", NOWHERE)
    student.button(key="answer-notumor").click().run()
    assert "does not answer" in error(student)
    monkeypatch.setenv("GLASSBRAIN_DATABASE_URL", up)
    assert "stored: Glioma" in text(press(student, "Try again"))
