"""The parts of the Clever-Hans lab: what files give away, the trial of a shortcut, one example."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from core import traits
from core.audit.stored import stored
from core.cases import cases
from core.evaluate.robustness.clever_hans import command
from core.labels import CLASS_NAMES, NO_TUMOUR
from core.registry import ModelSpec
from core.shortcuts import SHORTCUTS, Shortcut
from pages._ui.base import developers, state
from pages._ui.base.grid import grid
from pages._ui.base.text import PLANES, _, class_title, ngettext, percent, sample_title
from pages._ui.figures import audit_words, controls
from pages._ui.scan import before_after, looks
from pages._ui.shortcuts.trial import Trial, ask, pair_of

FIRST = next(iter(SHORTCUTS))
SIZES = (8, 16, 32, 64)
SOURCE = "https://doi.org/10.1038/s41467-019-08987-4"


def question() -> tuple[Shortcut, int, int]:
    """Ask for the shortcut, on how many scans it is tried, and the seed that draws them."""
    state.linked("shortcut", list(SHORTCUTS), FIRST)
    st.radio(
        _("Shortcut"),
        list(SHORTCUTS),
        format_func=lambda name: _(SHORTCUTS[name].title),
        key="shortcut",
    )
    state.remember("shortcut", FIRST)
    state.linked("scans", SIZES, SIZES[1])
    st.pills(_("Scans"), SIZES, key="scans", required=True)
    state.remember("scans", SIZES[1])
    state.linked("draw", tuple(range(100)), 0)
    st.number_input(_("Seed of the draw"), 0, 99, key="draw")
    state.remember("draw", 0)
    memory = st.session_state
    return SHORTCUTS[memory["shortcut"]], int(memory["scans"]), int(memory["draw"])


def counts(specs: Mapping[str, ModelSpec], trial: Trial) -> None:
    """Say for each network how many answers changed, and where to."""
    n = len(trial.cases)
    with grid(3, min_column_width=250):
        for name, said in trial.answers.items():
            changed = sum(before != after for before, after in said)
            to_none = sum(before != after == NO_TUMOUR for before, after in said)
            right = [
                sum(pair[when] == case.label for case, pair in zip(trial.cases, said, strict=True))
                for when in (0, 1)
            ]
            with st.container(border=True, height="stretch", gap="xsmall"):
                st.markdown(f"**{specs[name].manifest.title}**")
                st.metric(_("Answers changed"), _("{changed} of {n}").format(changed=changed, n=n))
                st.caption(
                    _("{none} of them to {answer}. Right: {before} before, {after} after.").format(
                        none=to_none,
                        answer=class_title(NO_TUMOUR),
                        before=right[0],
                        after=right[1],
                    )
                )


def example(specs: Mapping[str, ModelSpec], trial: Trial) -> None:
    """Show one of the scans with every network's maps; first the one that changed most."""
    st.header(_("One of these scans"), anchor=False)
    at = st.selectbox(
        _("Scan"),
        range(len(trial.cases)),
        index=trial.telling,
        format_func=lambda n: _title(trial, n),
        key=f"example-{trial.shortcut.name}-{trial.cases[0].id}-{len(trial.cases)}",
    )
    case = trial.cases[at]
    pair = pair_of(case, trial.shortcut)
    panel, light_box = st.columns([1, 2.9], gap="medium")
    with panel, st.spinner(_("The networks read this scan, before and after.")):
        answers = {name: ask(spec, pair) for name, spec in specs.items()}
    first = next(iter(answers.values()))[0].class_name
    with panel:
        st.caption(_("The source says: {answer}.").format(answer=class_title(case.label)))
        look = looks.controls(case.lesion, first)
        before_after.count(answers)
        st.page_link(
            "pages/what-if.py", label=_("Change it otherwise in What if"), icon=":material/tune:",
            query_params={"sample": case.id},
        )  # fmt: skip
        st.caption(f"{case.source}, {case.licence}")
    with light_box:
        with grid(2, min_column_width=300, gap="medium"):
            looks.scan_view(pair.before, look.lesion)
            before_after.changed_scan(pair, _("The scan with the shortcut changed"))
        before_after.cards(specs, pair, answers, look)


def files() -> None:
    """Show what files give away, and that decoding takes it away."""
    st.header(_("What a file gives away before it is opened"), anchor=False)
    left, right = st.columns([1.4, 1], gap="large")
    found = traits.traits()
    with left:
        st.table(
            pd.DataFrame(
                {
                    _("Class"): class_title(t.label),
                    _("Files"): str(t.n),
                    _("One channel"): percent(t.one_channel),
                    _("Mean size"): _("{kb} kB").format(kb=f"{t.kilobytes:.1f}"),
                }
                for t in found
            ),
            border="horizontal",
            hide_index=True,
        )
        st.caption(
            _("Counted now over the {n} shipped pictures of unseen patients.").format(
                n=sum(t.n for t in found)
            )
        )
    with right:
        case = next(iter(cases().values()))
        difference = traits.channels_matter(case)
        st.markdown(
            _(
                "A program that looks at files could guess the class without seeing a brain. The "
                "networks here cannot: every file is decoded to grey values, and nothing else of "
                "it is passed on. {sample}, saved with one channel and with three, decodes to "
                "pixels that differ by at most {difference}."
            ).format(sample=sample_title(case), difference=f"{difference:g}")
        )


def planes() -> None:
    """Show how plane and class hang together, which no change to a scan can take apart."""
    st.header(_("What cannot be taken off a scan"), anchor=False)
    left, right = st.columns([1.4, 1], gap="large")
    kinds = [*PLANES, ""]
    with left:
        st.table(
            pd.DataFrame(
                {_("Class"): class_title(label)}
                | {
                    _(PLANES[plane]) if plane else _("not recorded"): str(
                        sum(c.label == label and c.plane == plane for c in cases().values())
                    )
                    for plane in kinds
                }
                for label in CLASS_NAMES
            ),
            border="horizontal",
            hide_index=True,
        )
        st.caption(_("Shipped pictures by recorded plane, counted now."))
    with right:
        strongest = max(stored().statistics, key=lambda s: s.separation)
        words = _(
            "The plane comes with the anatomy and cannot be exchanged. Nor can ten numbers that "
            "know no anatomy: the one that separates best, {statistic}, tells a no-tumour picture "
            "from one with a tumour with an area under the curve of {auc}."
        ).format(
            statistic=_(audit_words.STATISTICS[strongest.name]),
            auc=f"{strongest.auc.value or 0.5:.2f}",
        )
        st.markdown(f"{words} {controls.forest()}")
        st.page_link("pages/dataset.py", label=_("The whole audit"), icon=":material/database:")


def _title(trial: Trial, n: int) -> str:
    changed = trial.turned(n)
    return ngettext(
        "{sample}: {changed} changed answer", "{sample}: {changed} changed answers", changed
    ).format(sample=sample_title(trial.cases[n]), changed=changed)


def lesson(trial: Trial) -> None:
    """Say how to read the counts, and where they are from."""
    st.caption(
        _(
            "An answer that changes rests, on that scan, on what was changed. It does not follow "
            "that the network learned the shortcut: an altered scan is also an unusual scan, and "
            "few scans make rough counts. An answer that stays is not thereby right. After "
            "[Lapuschkin et al. 2019]({source})."
        ).format(source=SOURCE)
    )
    if trial.stored:
        st.caption(
            _(
                "The answers of {n} of {all} networks to this draw are stored; those of the "
                "others, and of any other draw, are computed when they are asked for."
            ).format(n=trial.stored, all=len(trial.answers))
        )
    developers.command(command("all"))
