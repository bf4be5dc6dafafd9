"""The tour takes every key press, however quickly one follows the other."""

from .looks import settle


def test_quick_presses_all_count(page, address):
    page.goto(f"{address}/tour?step=4")
    page.get_by_role("heading", name="Two tests, two stories").wait_for()
    page.get_by_role("button", name="Next").wait_for()
    settle(page)
    for key in ("Right", "Left", "Right", "Right", "Right", "Right", "Right", "Right", "Left"):
        page.keyboard.press(f"Arrow{key}")  # the last but one is beyond the end
    page.get_by_text("Step 8 of 9").wait_for()
    page.get_by_role("heading", name="What excites a network most").wait_for()
    page.wait_for_url("**/tour?step=8")
    settle(page)
    assert page.url.endswith("/tour?step=8")
    page.get_by_role("button", name="Next").click()
    page.get_by_role("heading", name="Your turn").wait_for()
    page.wait_for_url("**/tour?step=9")
    assert page.get_by_role("button", name="Next").is_disabled()
