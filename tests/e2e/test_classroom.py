"""A teacher and three students, each in a browser of their own, across a restart of the server."""

import contextlib
import re
from urllib.parse import urlsplit

import pytest

from core.cases import cases
from core.classroom import connect, look_up, tally
from core.errors import ClassroomError

from .conftest import PATIENCE


@pytest.fixture
def people(browser):
    """A browser of one's own for each; the teacher's is a projector, the others are phones."""
    with contextlib.ExitStack() as stack:
        tabs = []
        for width, height in ((1280, 800), *[(390, 800)] * 3):
            context = stack.enter_context(
                browser.new_context(
                    viewport={"width": width, "height": height}, color_scheme="dark"
                )
            )
            context.set_default_timeout(PATIENCE)
            tabs.append(context.new_page())
        yield tabs
        for tab in tabs:
            words = tab.locator("body").inner_text()
            assert "Something went wrong" not in words and "Traceback" not in words


def metric(tab, label, value):
    """Wait until a number on the projector is this."""
    name = re.compile(rf"^{label}\s*{value}$")
    tab.get_by_test_id("stMetric").filter(has_text=name).wait_for()


# Keeps what the student is told between a tap and the server's word, which may be for a moment.
LISTEN = """() => {
  window.heard = [];
  const seen = new WeakSet();
  const hear = (root) => {
    const said = root.querySelector('.said');
    if (said && !said.hidden) window.heard.push(said.textContent);
  };
  const listen = () => {
    for (const { shadowRoot: root } of document.querySelectorAll('.st-key-courier *')) {
      if (!root || seen.has(root)) continue;
      seen.add(root);
      const all = { subtree: true, childList: true, attributes: true };
      new MutationObserver(() => hear(root)).observe(root, all);
      hear(root);
    }
    requestAnimationFrame(listen);
  };
  listen();
}"""


def test_a_lesson_across_a_restart(fresh, people, tmp_path):
    url = f"sqlite:///{tmp_path / 'rooms.sqlite3'}"
    server, address = fresh(GLASSBRAIN_DATABASE_URL=url)
    teacher, *students = people
    teacher.goto(f"{address}/classroom")
    teacher.get_by_role("button", name="Open a room").click()
    teacher.wait_for_url(re.compile("teacher="))
    code = re.search(r"room=(\w+)", teacher.url)[1]
    link = f"{address}/classroom?room={code}"
    teacher.get_by_alt_text(f"QR code that opens room {code}: {link}").wait_for()

    for student in students[:2]:
        student.goto(link)
    students[2].goto(f"{address}/classroom")
    students[2].get_by_label("Code on the screen").fill(code.lower())
    students[2].get_by_role("button", name="Join the room").click()
    for student in students:
        student.get_by_text("You are in.").wait_for()
    metric(teacher, "Joined", 3)

    teacher.get_by_role("button", name="Start, 5 scans").click()
    for answered, (student, answer) in enumerate(
        zip(students, ("Glioma", "Glioma", "No tumour"), strict=True), 1
    ):
        student.get_by_role("button", name=answer).wait_for()
        student.locator(".st-key-courier .said").wait_for(state="attached")
        student.evaluate(LISTEN)
        student.get_by_role("button", name=answer).click()
        student.get_by_text(f"Your answer is stored: {answer}").wait_for()
        metric(teacher, "Answered", answered)
        assert f"{answer} is on its way …" in student.evaluate("window.heard")
    main = students[0].get_by_test_id("stMain")
    assert main.evaluate("e => e.scrollWidth <= e.clientWidth")

    server.terminate()
    server.wait()
    fresh(port=urlsplit(address).port, GLASSBRAIN_DATABASE_URL=url)
    for tab in people:
        tab.reload()
    metric(teacher, "Answered", 3)
    students[2].get_by_text("Your answer is stored: No tumour").wait_for()

    teacher.get_by_role("button", name="Show the votes").click()
    votes = teacher.get_by_role("list", name="Votes of the class")
    votes.get_by_role("listitem").filter(has_text=re.compile(r"Glioma\s*2 ·")).wait_for()
    students[0].get_by_text("Answers are closed. Yours: Glioma.").wait_for()

    teacher.get_by_role("button", name="Reveal").click()
    engine = connect(url)
    case = cases()[look_up(engine, code).scan]
    for student in students:
        student.get_by_role("heading", name="By its source").wait_for()
        student.get_by_role("list", name="Votes of the class").wait_for()
    said = "as the source does" if case.label == "glioma" else "; the source says"
    students[0].get_by_text(f"You said Glioma{',' if said[0] == 'a' else ''}").wait_for()
    students[0].get_by_text(said).wait_for()

    teacher.get_by_role("button", name="Next scan").click()
    students[0].get_by_text("Scan 2 of 5").wait_for()
    students[0].get_by_role("button", name="Meningioma").click()
    metric(teacher, "Answered", 1)
    teacher.get_by_role("button", name="Reveal").click()
    teacher.get_by_role("button", name="End the lesson").click()
    teacher.get_by_role("heading", name="Who read the scans").wait_for()
    students[0].get_by_text("of 2 scans right").wait_for()
    key = re.search(r"teacher=([\w-]+)", teacher.url)[1]
    assert tally(engine, code, key).votes.tolist() == [[2, 0, 1, 0], [0, 1, 0, 0]]

    teacher.get_by_role("button", name="Delete the room").click()
    teacher.get_by_text("4 answers go with the room").wait_for()
    assert look_up(engine, code).code == code  # asked once more, nothing is gone
    teacher.get_by_role("button", name="Delete for good").click()
    teacher.get_by_role("heading", name="Live classroom").wait_for()
    with pytest.raises(ClassroomError):
        look_up(engine, code)
    engine.dispose()
