"""Open a page as a link does: one run, without the page Overview before it."""

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from core.settings import PROJECT

TIMEOUT = 600  # seconds; the first reading imports TensorFlow, and the machine may be busy


def opened(page: str = "overview", **parameters: object) -> AppTest:
    """The app on a page; what the address asks for may be given."""
    app = AppTest.from_file(PROJECT / "streamlit_app.py", default_timeout=TIMEOUT)
    for key, value in parameters.items():
        app.query_params[key] = str(value)
    return app.switch_page(f"pages/{page}.py").run()


def section(script: Callable[[], None], **parameters: object) -> AppTest:
    """A part of a page by itself, for what has to be seen in many states; nothing failed.

    `script` is run as a file of its own: it imports what it uses.
    """
    app = AppTest.from_function(script, default_timeout=TIMEOUT)
    for key, value in parameters.items():
        app.query_params[key] = str(value)
    return sound(app.run())


def sound(app: AppTest) -> AppTest:
    """No exception and no sentence of one."""
    assert not app.exception and not app.error
    return app
