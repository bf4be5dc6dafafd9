"""Find a mark of a chart on the screen, and click it as a person does."""

import re

# Where a mark lies in the window: the first that carries what is wanted; nothing while the
# figure is not drawn.
_MARK = """(plot, wanted) => {
  const carries = (c) => c && Object.entries(wanted).every(([key, value]) => c[key] === value);
  const at = plot.getBoundingClientRect(), { xaxis, yaxis } = plot._fullLayout ?? {};
  for (const [k, { customdata }] of (plot.data ?? []).entries()) {
    const mark = plot.calcdata?.[k][(customdata ?? []).findIndex(carries)];
    if (mark) return [
      at.x + xaxis._offset + xaxis.c2p(mark.x), at.y + yaxis._offset + yaxis.c2p(mark.y)
    ];
  }
}"""


def chart(page, alt):
    """A figure by words of what it shows."""
    return page.get_by_role("figure", name=re.compile(alt))


def click(page, figure, **wanted):
    """Click the mark that carries this, once the page has come to rest.

    Plotly reports a click on what it knows to be under the pointer, which it finds out in time.
    """
    figure.locator(".main-svg").first.wait_for()
    plot, before = figure.locator(".js-plotly-plot"), None
    for _ in range(120):  # the page is laid out while it is drawn
        figure.scroll_into_view_if_needed()
        at = plot.evaluate(_MARK, wanted)
        if at and at == before and plot.evaluate("plot => plot._hoverdata?.length > 0"):
            break
        if at:
            page.mouse.move(*at)
        before = at
        page.wait_for_timeout(500)
    assert at, f"no mark carries {wanted}"
    page.mouse.click(*at)
