"""Sentences and numbers of Cost; every number in them is counted when the page is shown."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.evaluate.board import cost
from core.evaluate.board.comparison import ALPHA
from core.evaluate.board.cost import OUTCOMES, REFER, RESAMPLES, Bill
from core.evaluate.board.priced import PricedBoard
from core.figure import Figure
from core.labels import CLASSES, NO_TUMOUR_INDEX
from pages._ui.base.text import _, class_title, plain, proportion
from pages._ui.figures import wording


def prevalence_note(asked: PricedBoard) -> str:
    """Say whose share of tumours this is."""
    own = f"{100 * (1 - asked.shares[NO_TUMOUR_INDEX]):.1f}"
    if asked.prevalence is None:
        return _(
            "{own} of 100 scans show a tumour here, because the collection was put together so. "
            "Where people are examined the share is another: set it above."
        ).format(own=own)
    return _(
        "Weighed as if {asked} of 100 scans showed a tumour, not {own} as in this collection: "
        "types of tumour keep their shares, and the stated probabilities are moved accordingly. "
        "This supposes that scans of one class look alike in both places."
    ).format(asked=f"{100 * asked.prevalence:g}", own=own)


def method() -> str:
    """Explain decisions, shares and intervals, with their sources."""
    return _(
        "- **A price for each outcome.** Being right is free. A referred scan is read by a "
        "person, who is taken to be right; put the price of a person's mistakes into that of "
        "referring.\n"
        "- **Most probable class**: the class of the largest probability, whatever the prices.\n"
        "- **Least expected cost**: for each scan the answer, or the referral, whose price is "
        "least on average under the calibrated probabilities (Elkan 2001, *The foundations of "
        "cost-sensitive learning*, IJCAI; with referral Chow 1970, "
        "doi:10.1109/TIT.1970.1054406). Controls state no probabilities to be believed, so "
        "their answers stand.\n"
        "- **No tumour only where ruled out**: as the app answers, at the operating point that "
        "validation pictures gave each network; a scan on which a tumour is not ruled out is "
        "referred where that has a price, and else counts as the likeliest kind of tumour. The "
        "point stays where it is, whatever the share of tumours.\n"
        "- **Another share of tumours**: scans with and without a tumour are weighed by it, "
        "and probabilities moved by Bayes' rule (Saerens et al. 2002, "
        "doi:10.1162/089976602753284446).\n"
        "- **Net benefit**: tumours found, less false alarms at the worth that the threshold "
        "implies (Vickers & Elkin 2006, doi:10.1177/0272989X06295361).\n"
        "- **Intervals**: patients or picture families drawn again {n} times; ties after "
        "Holm's adjustment. They do not know that another hospital's scans differ."
    ).format(n=f"{RESAMPLES:,}")


def verdict(asked: PricedBoard) -> str:
    """Say who costs least, who cannot be told from it, and what not looking costs."""
    name = next(iter(asked.bills))
    best = asked.bills[name]
    parts = {key: number(best.outcome(key).value) for key in OUTCOMES}
    said = [
        _(
            "**{name}** costs least: {cost} per 100 scans, with {missed} missed tumours, {alarms} "
            "false alarms and {types} wrong types."
        ).format(
            name=_title(asked, name),
            cost=with_span(best.cost),
            missed=parts["missed"],
            alarms=parts["false_alarm"],
            types=parts["wrong_type"],
        )
    ]
    if asked.costs.referral is not None:
        said.append(_("{n} of 100 scans go to a person.").format(n=parts["referral"]))
    tied = cost.tied(asked.bills)
    others = ", ".join(_title(asked, n) for n in asked.bills if n in tied and n != name)
    if others:
        said.append(_("These images cannot tell it from: {names}.").format(names=others))
    plainly = asked.alike[0]
    if plainly != name:
        said.append(
            _("With every mistake alike, {name} would be first.").format(
                name=_title(asked, plainly)
            )
        )
    return " ".join([*said, _blind(asked, best)])


def ties_note(asked: PricedBoard) -> str:
    """Explain the columns."""
    return _(
        "Missed, false alarms, wrong type: of 100 scans. Costs are in your unit. A row is called "
        "tied with the first where a paired bootstrap over patients, {resamples} resamples, "
        "Holm's adjustment, does not tell them apart at {alpha}. Controls keep their answers "
        "under any decision."
    ).format(resamples=f"{cost.RESAMPLES:,}", alpha=proportion(ALPHA, 0))


def obeying(asked: PricedBoard) -> str:
    """Say whether deciding by the prices paid, for the cheapest network."""
    least, answer = asked.decided["least"], asked.decided["answer"]
    networks = [name for name in asked.bills if asked.board.row(name).kind != "control"]
    if not networks:
        return ""
    name = networks[0]
    gap = least[name].above(answer[name])
    if (least[name].rates == answer[name].rates).all():
        return _(
            "At these prices the decision of least expected cost is the most probable class on "
            "every scan of {name}, so both cost the same."
        ).format(name=_title(asked, name))
    change = _("Deciding by the prices instead of the most probable class: {gap} per 100 scans "
               "for {name}.").format(gap=_signed(gap), name=_title(asked, name))  # fmt: skip
    if gap.ci_low is None or gap.ci_high is None or gap.ci_low <= 0 <= gap.ci_high:
        return f"{change} " + _("These images cannot tell whether that pays.")
    if gap.ci_high < 0:
        return f"{change} " + _("It pays.")
    return f"{change} " + _(
        "It does not pay: on these patients the probabilities are not exact enough for it."
    )


def number(value: float | None) -> str:
    """Write a cost or a count per 100."""
    return "–" if value is None else f"{value:,.1f}"


def span(figure: Figure) -> str:
    """Write the interval alone."""
    if figure.ci_low is None or figure.ci_high is None:
        return ""
    return f"{number(figure.ci_low)} – {number(figure.ci_high)}".replace("-", "\u2212")


def with_span(figure: Figure) -> str:
    """Write a value with its interval in brackets."""
    inside = span(figure)
    return number(figure.value).replace("-", "\u2212") + (f" ({inside})" if inside else "")


def _signed(figure: Figure) -> str:
    ends = [figure.value, figure.ci_low, figure.ci_high]
    value, low, high = (wording.signed(v or 0, 1) for v in ends)
    return _("{value} ({low} to {high})").format(value=value, low=low, high=high)


def _title(asked: PricedBoard, name: str) -> str:
    return plain(wording.row_title(asked.board.row(name)))


def shares(asked: PricedBoard) -> NDArray[np.float64]:
    """Shares of the classes where tumours are as frequent as asked, shape (4,)."""
    return np.asarray(cost.at_prevalence(asked.shares[None], asked.shares, asked.prevalence)[0])


def _blind(asked: PricedBoard, best: Bill) -> str:
    """Set the least cost against that of one action on every scan."""
    action, blind = cost.without_looking(shares(asked), asked.costs)
    if action == REFER:
        said = _("Referring every scan unseen costs {cost}.").format(cost=number(blind))
    else:
        said = _("Answering {label} to every scan, unseen, costs {cost}.").format(
            label=f"*{class_title(CLASSES[action].name)}*", cost=number(blind)
        )
    if best.total[0] >= blind:
        return f"{said} " + _("At these prices no row is worth asking.")
    if (best.cost.ci_high or 0) >= blind:
        return f"{said} " + _("At these prices no row is clearly better than that.")
    return said
