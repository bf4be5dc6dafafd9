"""No two controls intersect, on any page and at any width; what a room or a phone needs is seen."""

import pytest

from core.gallery import samples

from .test_access import addresses, settle

SAMPLE = next(sample.id for sample in samples().values() if sample.lesion is not None)

# Pairs of controls, or of a control and Streamlit's running icon, that share more than a
# hairline of the screen and of which neither is inside the other. A control counts as far as
# it is seen: what a box scrolls away or cuts off does not, nor what lies under the open menu.
OVERLAPS = """() => {
  const wanted = 'button, a[href], input:not([type=file]), select, textarea, summary,' +
    '[role=button], [role=radio], [role=slider], [role=tab], [role=combobox],' +
    '[data-testid=stStatusWidget], [data-testid=stPopoverButton]';
  const all = [];
  const collect = (root) => {
    all.push(...root.querySelectorAll(wanted));
    for (const e of root.querySelectorAll('*')) if (e.shadowRoot) collect(e.shadowRoot);
  };
  collect(document);
  const above = (e) => e.parentElement ?? e.getRootNode().host;
  const inside = (a, b) => { for (let e = a; e; e = above(e)) if (e === b) return true; };
  const seen = (e) => {
    if (!e.checkVisibility({ checkVisibilityCSS: true })) return null;
    let { left, top, right, bottom } = e.getBoundingClientRect();
    for (let p = above(e); p && p !== document.documentElement; p = above(p)) {
      const style = getComputedStyle(p);
      if (style.display === 'contents' || style.overflow === 'visible') continue;
      const r = p.getBoundingClientRect();
      [left, top] = [Math.max(left, r.left), Math.max(top, r.top)];
      [right, bottom] = [Math.min(right, r.right), Math.min(bottom, r.bottom)];
    }
    return right - left > 4 && bottom - top > 4 ? { left, top, right, bottom } : null;
  };
  const name = (e) => `${e.tagName.toLowerCase()} "${
    (e.getAttribute('aria-label') ?? e.textContent ?? '').trim().slice(0, 40)}"`;
  const found = all.map((e) => [e, seen(e)]).filter(([, r]) => r);
  const menu = document.querySelector('[data-testid=stSidebar]');
  const below = (e, x, y) =>
    menu && !menu.contains(e) && menu.contains(document.elementFromPoint(x, y));
  const pairs = [];
  found.forEach(([a, r], i) => found.slice(i + 1).forEach(([b, s]) => {
    const across = Math.min(r.right, s.right) - Math.max(r.left, s.left);
    const down = Math.min(r.bottom, s.bottom) - Math.max(r.top, s.top);
    const [x, y] = [Math.max(r.left, s.left) + across / 2, Math.max(r.top, s.top) + down / 2];
    const apart = !inside(a, b) && !inside(b, a) && !below(a, x, y) && !below(b, x, y);
    if (across > 2 && down > 2 && apart)
      pairs.push(`${name(a)} and ${name(b)} share ${Math.round(across)} x ${Math.round(down)} px`);
  }));
  return pairs;
}"""


@pytest.mark.parametrize("where", addresses())
def test_no_two_controls_intersect(page, address, where):
    found = {}
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(f"{address}/{where}")
        settle(page)
        found[width] = page.evaluate(OVERLAPS)
    assert not any(found.values()), f"/{where}: {found}"


def test_the_menu_of_a_phone_can_be_closed(page, address):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{address}/leaderboard")
    settle(page)
    page.get_by_test_id("stExpandSidebarButton").click()
    page.get_by_test_id("stSidebar").get_by_role("link", name="Cost").wait_for()
    page.wait_for_timeout(600)  # it slides in
    assert not page.evaluate(OVERLAPS)
    page.get_by_test_id("stSidebarCollapseButton").get_by_role("button").click()
    page.get_by_test_id("stExpandSidebarButton").wait_for()


@pytest.mark.parametrize("where", ["leaderboard", "cost"])
def test_a_phone_shows_the_key_figures(page, address, where):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{address}/{where}")
    first = page.locator(".gb-figures li").first
    first.wait_for()
    for part in ("b", "strong", "i"):
        box = first.locator(part).bounding_box()
        assert first.locator(part).inner_text().strip()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 390
    page.set_viewport_size({"width": 1440, "height": 900})
    first.wait_for(state="hidden")


def test_a_projector_shows_scan_map_and_answer_at_once(page, address):
    page.set_viewport_size({"width": 1024, "height": 768})
    page.goto(f"{address}/classify?sample={SAMPLE}&projector=1")
    scan = page.get_by_alt_text("The scan as it came")
    heat = page.get_by_alt_text("Heat map of the evidence")
    answer = page.locator(".st-key-page h3").first
    for shown in (scan, heat, answer):
        shown.wait_for()
    settle(page)
    for shown in (scan, heat, answer):
        box = shown.bounding_box()
        assert box["y"] >= 0 and box["y"] + box["height"] <= 768, shown
    for menu in ("Read a scan", "Judge the networks", "Teach and learn"):
        assert page.get_by_test_id("stHeader").get_by_text(menu).is_visible()
    upload = page.get_by_test_id("stFileUploaderDropzone").first
    assert not upload.is_visible()
    page.get_by_text("Scan and network").click()
    upload.wait_for()


@pytest.mark.parametrize("step", [1, 3, 6, 8])
def test_pictures_of_the_tour_fit_a_projector(page, address, step):
    page.set_viewport_size({"width": 1024, "height": 768})
    page.goto(f"{address}/tour?step={step}&projector=1")
    place = page.locator(f".st-key-tour-{step}")
    place.locator("img").first.wait_for()
    settle(page)
    for picture in place.get_by_test_id("stImage").all():
        box = picture.bounding_box()  # with its caption
        assert box["y"] >= 0 and box["y"] + box["height"] <= 768
