"""The switch is found, by keyboard too, and what it chose holds on other pages and in links."""

import pytest
from playwright.sync_api import expect

from pages._ui.base.language import catalogue

CHINESE, ENGLISH = "网络看到了什么？", "What did the network see?"
HOLD_A_FILE_OVER = """(zone) => {
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File(["x"], "scan.png", { type: "image/png" }));
  for (const kind of ["dragenter", "dragover"])
    zone.dispatchEvent(new DragEvent(kind, { dataTransfer, bubbles: true, cancelable: true }));
}"""


@pytest.mark.parametrize("page", [390, 1280], indirect=True)
def test_the_language_is_switched_kept_and_linked(page, address):
    page.goto(address)
    page.get_by_role("heading", name=ENGLISH).wait_for()
    chinese = page.get_by_role("radio", name="中文")
    chinese.focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name=CHINESE).wait_for()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(page).to_have_title("概览 · Glassbrain")
    page.get_by_role("link", name="对您自己的扫描图像分类").click()
    page.get_by_role("heading", name="对扫描图像分类").wait_for()
    page.wait_for_url("**/classify?lang=zh")
    page.reload()
    page.get_by_role("heading", name="对扫描图像分类").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_streamlits_own_words_are_replaced(page, address):
    page.goto(f"{address}/classify?lang=zh")
    zone = page.get_by_test_id("stFileUploaderDropzone").first
    said = catalogue("zh_CN").gettext
    for place, words in (
        (zone.get_by_test_id("stBaseButton-secondary").locator("p"), said("Upload")),
        (
            zone.get_by_test_id("stFileUploaderDropzoneInstructions").locator("span"),
            said("{mb} MB per file").format(mb=200),
        ),
    ):
        shown = place.evaluate(
            "e => [getComputedStyle(e).visibility, getComputedStyle(e, '::after').content]"
        )
        assert shown == ["hidden", f'"{words}"']
    zone.evaluate(HOLD_A_FILE_OVER)
    dragged = zone.get_by_text("Drag and drop files here")  # the original, hidden
    dragged.wait_for(state="attached")
    content = dragged.evaluate("e => getComputedStyle(e, '::after').content")
    assert content == f'"{said("Drop the files here")}"'
    assert not dragged.is_visible()
    page.goto(f"{address}/classroom?lang=zh")
    page.get_by_role("textbox").first.fill("AB")
    hint = page.get_by_test_id("InputInstructions").locator("span").first
    content = hint.evaluate("e => getComputedStyle(e, '::after').content")
    assert content == f'"{said("Press Enter to submit")}"'
