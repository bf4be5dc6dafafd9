"""Classroom: a teacher shows scans, the students answer, the networks stand beside them."""

from __future__ import annotations

from core.errors import ClassroomError
from pages._ui.base import components
from pages._ui.base.text import _
from pages._ui.classroom import door, student, teacher

holder = door.holder()
components.page_header(
    _("Room {code}").format(code=holder.code) if holder else _("Live classroom"),
    _(
        "A class reads test scans on its phones, and the screen shows how it voted beside the "
        "networks' stored answers. No name is asked. A room and its answers are deleted by its "
        "teacher, or with the first room that is opened twelve hours later."
    )
    if holder is None
    else _("You teach in this room. Answers are counted, never who gave them.")
    if holder.teaches
    else _("Pick the class that you see. Nobody learns who answered what."),
)
door.style()
try:
    if holder is None:
        door.entrance()
    elif holder.teaches:
        teacher.teach(holder)
    else:
        student.take_part(holder)
except ClassroomError as error:
    components.show_error(error)
    door.way_out()
