"""The switch is found, by keyboard too, and what it chose holds on other pages and in links."""

import pytest
from playwright.sync_api import expect

CHINESE, ENGLISH = "网络看到了什么？", "What did the network see?"


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
