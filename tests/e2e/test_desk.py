"""What lies on the desk is seen, and can be taken off, on every page that reads a scan."""

from core.gallery import samples


def test_uploads_are_listed_with_a_remove_button_on_every_page(page, address):
    first, second, third = [sample.path for sample in samples().values()][:3]
    page.goto(f"{address}/classify")
    page.get_by_test_id("stFileUploaderDropzoneInput").first.set_input_files([first, second, third])
    brought = page.locator(".st-key-brought")
    for name in (first.name, second.name, third.name):
        brought.get_by_text(name, exact=True).wait_for()
    for title, menu in (("Explain", "Read a scan"), ("Compare", "Read a scan"),
                        ("What if", "Read a scan"), ("Classify", "Read a scan")):  # fmt: skip
        page.get_by_test_id("stHeader").get_by_text(menu).click()
        page.get_by_role("link", name=title, exact=True).first.click()
        page.wait_for_url(f"**/{title.lower().replace(' ', '-')}*")
        for name in (second.name, third.name):
            brought.get_by_text(name, exact=True).wait_for()
            brought.get_by_role("button", name=f"Remove {name}").wait_for()
        if title == "Explain":
            brought.get_by_role("button", name=f"Remove {first.name}").click()
            brought.get_by_text(first.name, exact=True).wait_for(state="detached")


def test_a_box_drawn_in_what_if_is_covered_whole(page, address):
    sample = next(iter(samples()))
    page.goto(f"{address}/what-if?sample={sample}&corruption=occlusion")
    stage = page.locator(".st-key-page .stage")
    stage.wait_for()
    page.get_by_label("Seed", exact=True).wait_for()
    box = stage.bounding_box()
    x, y, width, height = (box[k] for k in ("x", "y", "width", "height"))
    page.mouse.move(x + 0.3 * width, y + 0.3 * height)
    page.mouse.down()
    page.mouse.move(x + 0.6 * width, y + 0.7 * height, steps=4)
    page.mouse.up()
    page.get_by_text("The box that you drew is covered whole").wait_for()
    page.get_by_label("Seed", exact=True).wait_for(state="detached")
    page.get_by_text("Open this scan in").wait_for()
