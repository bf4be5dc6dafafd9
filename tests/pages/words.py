"""What a test reads off a page."""

from streamlit.testing.v1 import AppTest


def text(app: AppTest) -> str:
    """All words on the page, in their order within each kind of element."""
    kinds = (app.title, app.header, app.subheader, app.markdown, app.caption, app.html)
    alerts = (app.error, app.info, app.warning)
    return "\n".join(str(element.value) for kind in (*kinds, *alerts) for element in kind)


def healthy(app: AppTest) -> AppTest:
    """Nothing failed, and the notice is there."""
    assert not app.exception
    assert "Traceback" not in text(app)
    assert "Something went wrong" not in text(app)
    assert "not a medical device" in text(app)
    return app
