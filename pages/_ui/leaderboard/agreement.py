"""How far our saliency code agrees with an independent library, on the board of maps."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.architectures import ARCHITECTURES
from core.errors import DataError
from core.evaluate.saliency.read import Measure
from core.explain.second_opinion import DIFFERENCES
from pages._ui.base import cache, developers, records
from pages._ui.base.text import _, method_name, plain
from pages._ui.figures import wording

COMMAND = "python -m core second-opinion --model all"


def show_agreement() -> None:
    """Show the rank correlation of our maps with those of tf-keras-vis, by method and network."""
    specs, _broken = cache.models()
    found = {name: records.second_opinion(spec) for name, spec in specs.items()}
    known = {name: f for name, f in found.items() if not isinstance(f, DataError)}
    st.header(_("Do our maps agree with an independent library's?"), anchor=False)
    if not known:
        st.caption(_("No second opinion has been stored yet."))
        developers.command(COMMAND)
        return
    every = [m.value for f in known.values() for n in DIFFERENCES
             if (m := f.measure(n)) is not None and m.value is not None]  # fmt: skip
    if every:
        st.markdown(
            _("Rank correlation of our maps with those of tf-keras-vis, which others wrote: "
              "**{low}** at least, **{mean}** on average over methods and networks.").format(
                low=f"{min(every):.3f}", mean=f"{sum(every) / len(every):.3f}"
            )
        )  # fmt: skip
    names = list(dict.fromkeys([*specs, *ARCHITECTURES]))
    rows = []
    for method in DIFFERENCES:
        row = {_("Method"): method_name(method)}
        for name in names:
            title = plain(wording.network_title(name))
            row[title] = _cell(known[name].measure(method)) if name in known else _("not measured")
        rows.append(row | {_("What differs by design"): _(DIFFERENCES[method])})
    st.table(
        pd.DataFrame(rows),
        border="horizontal",
        hide_index=True,
        alt=_("Rank correlation of our maps with those of tf-keras-vis, by method and network"),
    )
    st.caption(
        _("Rank correlation of both maps of the predicted class, place by place, averaged over "
          "scans of unseen patients; in brackets its 95 % interval over patients.")
    )  # fmt: skip
    for name, f in known.items():
        facts = [
            plain(wording.network_title(name)),
            _("weights {sha}").format(sha=f.weights_sha256[:12]),
            _("scans {sha}").format(sha=f.cases_sha256[:12]),
            f"tf-keras-vis {f.packages.get('tf-keras-vis', '–')}",
        ]
        with st.container(key=f"board-stamp-opinion-{name}"):
            st.caption(" · ".join(facts))
    developers.command("\n".join(f.command for f in known.values()))


def _cell(measure: Measure | None) -> str:
    if measure is None or measure.value is None:
        return "–"
    words = f"{measure.value:.3f}"
    if measure.ci_low is None or measure.ci_high is None:
        return words
    return f"{words} ({measure.ci_low:.3f} – {measure.ci_high:.3f})"
