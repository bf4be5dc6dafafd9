"""What is looked at on any page: who can read it, and whether anything lies over anything else."""

import ast

import pytest

from core.settings import PROJECT

SERIOUS = {"serious", "critical"}
IDLE = "[data-testid=stApp][data-test-script-state=notRunning]"


def addresses():
    """Addresses of all pages, read off the router's table without running it."""
    tree = ast.parse((PROJECT / "streamlit_app.py").read_text())
    table = next(
        node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and node.targets[0].id == "SECTIONS"
    )
    return [
        entry.elts[1].value
        for entry in ast.walk(table)
        if isinstance(entry, ast.Tuple) and isinstance(entry.elts[0], ast.Constant)
    ]


def violations(page, rules=None):
    """What axe finds, as lines that tell rule, selector and why.

    It looks again where it found something: a run may have begun meanwhile and let much fade.
    """
    found = _violations(page, rules)
    if found:
        settle(page)
        found = _violations(page, rules)
    return found


def _violations(page, rules):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    options = {"resultTypes": ["violations"]}
    if rules:
        options["runOnly"] = rules
    found = axe.run(page, options=options).response["violations"]
    return [
        f"{v['id']} ({v['impact']}): {node['target']}: {node['failureSummary']}"
        for v in found
        if v["impact"] in SERIOUS
        for node in v["nodes"]
    ]


# Nothing fades any more: what is half faded has another contrast.
RESTING = """
() => !document.querySelector('[data-stale="true"]')
  && document.getAnimations().every(a => !(a instanceof CSSTransition))
"""


def settle(page):
    page.locator(IDLE).wait_for(state="attached")
    page.get_by_role("heading", level=1).wait_for()
    page.wait_for_function("[...document.images].every(i => i.complete)")
    page.wait_for_function(RESTING)


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

# Headings into which what follows them reaches.
CROWDED = """() => [...document.querySelectorAll('.st-key-page :is(h2, h3)')].filter((heading) => {
  let next = heading.closest('[data-testid=stElementContainer]').nextElementSibling;
  while (next && !next.getBoundingClientRect().height) next = next.nextElementSibling;
  return next && next.getBoundingClientRect().top < heading.getBoundingClientRect().bottom - 1;
}).map((heading) => heading.textContent)"""
