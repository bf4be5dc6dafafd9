"""The words of the field, each in a sentence or two: as hover text, and on a page of its own."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from core.errors import N_
from pages._ui.base.text import _

ADDRESS = "glossary"


@dataclass(frozen=True)
class Term:
    """A word and what it means; both are message ids.

    Attributes
    ----------
    title, meaning : str
    """

    title: str
    meaning: str


PARTS: dict[str, dict[str, Term]] = {
    N_("How often a network is right"): {
        "accuracy": Term(
            N_("Accuracy"),
            N_("Share of all scans whose class is right. Frequent classes weigh more."),
        ),
        "balanced_accuracy": Term(
            N_("Balanced accuracy"),
            N_("Mean over the classes of the share that is found: each class weighs alike."),
        ),
        "precision": Term(
            N_("Precision"),
            N_("Of the scans that are given a class, the share that belongs to it."),
        ),
        "recall": Term(
            N_("Recall, sensitivity"),
            N_("Of the scans of a class, the share that is found."),
        ),
        "specificity": Term(
            N_("Specificity"),
            N_("Of the scans that are not of a class, the share that is not given it."),
        ),
        "f1": Term(
            N_("F1"),
            N_("Harmonic mean of precision and recall of a class. Macro: each class weighs alike. "
               "Weighted: each weighs as many scans as it has."),
        ),
        "mcc": Term(
            N_("MCC, Matthews correlation"),
            N_("Correlation between true and given classes: 1 is all right, 0 is no better than "
               "chance. A large class cannot inflate it."),
        ),
        "cohen_kappa": Term(
            N_("Cohen's kappa"),
            N_("Agreement with the true classes beyond what chance alone would give; 1 is all."),
        ),
        "roc_auc": Term(
            N_("ROC AUC"),
            N_("Probability that a scan of a class gets a higher score for it than a scan of "
               "another class: 0.5 is chance, 1 is perfect order."),
        ),
        "pr_auc": Term(
            N_("PR AUC"),
            N_("Area under precision against recall. Chance is the share of the class, not 0.5."),
        ),
        "confusion": Term(
            N_("Confusion matrix"), N_("How many scans of each true class were given each class.")
        ),
    },
    N_("What a stated probability is worth"): {
        "calibration": Term(
            N_("Calibration"),
            N_("Whether answers stated with 80 % are right in 80 % of cases."),
        ),
        "ece": Term(
            N_("ECE, calibration error"),
            N_("Mean gap between stated probability and share that is right, over groups of like "
               "probability; 0 is best. It is never below 0, so small samples overstate it."),
        ),
        "temperature": Term(
            N_("T, temperature"),
            N_("One number that all scores are divided by before they become probabilities. Above "
               "1 makes a network less sure; the answer stays the same."),
        ),
        "brier": Term(
            N_("Brier score"),
            N_("Mean squared distance between the stated probabilities and what was true; 0 is "
               "best."),
        ),
        "log_loss": Term(
            N_("Log loss"),
            N_("Mean of minus the logarithm of the probability given to the true class; sure "
               "mistakes cost most."),
        ),
        "aurc": Term(
            N_("Risk and coverage"),
            N_("Share of mistakes among the answers that a network is surest of, as it answers "
               "more and more scans; the area under that curve, less is better."),
        ),
        "threshold": Term(
            N_("Abstention threshold"),
            N_("Probability below which a network rather says nothing."),
        ),
    },
    N_("How sure a figure is"): {
        "interval": Term(
            N_("95 % interval"),
            N_("Made so that in 95 of 100 repetitions of the measurement it holds the true value. "
               "Few patients make it wide."),
        ),
        "bootstrap": Term(
            N_("Bootstrap"),
            N_("The figure is computed again on many samples drawn anew, with repetition, from "
               "the same patients; its spread gives the interval."),
        ),
        "holm": Term(
            N_("Holm's adjustment"),
            N_("Makes each of many comparisons stricter, so that chance alone seldom finds any "
               "difference among all of them."),
        ),
        "tie": Term(
            N_("Tie"),
            N_("Two rows that these scans cannot tell apart; not a proof that they are equal."),
        ),
        "p": Term(
            N_("p"),
            N_("How often a difference at least this large would come by chance between equals. "
               "It is not the probability that there is no difference."),
        ),
        "mcnemar": Term(
            N_("McNemar test"),
            N_("Compares two readers of the same scans by the scans that only one of them has "
               "right."),
        ),
        "delong": Term(
            N_("DeLong's method"),
            N_("A formula for the interval of a ROC AUC that takes scans as independent. Several "
               "scans of a patient are not: here the bootstrap over patients stands in its place."),
        ),
    },
    N_("How far a map can be trusted"): {
        "saliency": Term(
            N_("Saliency map, heat map"),
            N_("Shades each place of a scan by how much it counts for an answer, as one method "
               "sees it. It is not the outline of a tumour."),
        ),
        "gradcam": Term(
            N_("Grad-CAM"),
            N_("Adds up the cells of a network's last layer, each weighted by what it does for "
               "the class; no finer than those cells."),
        ),
        "pointing": Term(
            N_("Pointing game"),
            N_("How often the hottest point of a map lies on the lesion that an expert outlined."),
        ),
        "deletion": Term(
            N_("Deletion and insertion"),
            N_("The hottest pixels are taken away, or put in, first: the answer of a faithful map "
               "falls, or rises, early."),
        ),
        "sanity": Term(
            N_("Sanity check"),
            N_("The network's weights are destroyed. A map that stays the same never showed what "
               "it had learnt."),
        ),
        "spearman": Term(
            N_("Rank correlation (Spearman)"),
            N_("Whether two maps order the places of a scan alike: 1 the same order, 0 none, −1 "
               "the opposite."),
        ),
        "control": Term(
            N_("Control"),
            N_("Something that understands nothing of a scan, such as a blob in the middle: what "
               "is no better than it has shown nothing."),
        ),
    },
    N_("How it is measured"): {
        "unseen": Term(
            N_("Unseen patients"),
            N_("The test holds no patient, and no family of like pictures, of training."),
        ),
        "official": Term(
            N_("Official split"),
            N_("The folders Training and Testing as published; they share patients and pictures."),
        ),
        "net_benefit": Term(
            N_("Net benefit"),
            N_("Tumours acted on, less the false alarms, each weighed by the probability from "
               "which on one would act."),
        ),
        "gate": Term(
            N_("Gate"),
            N_("A check before the networks answer: whether a picture looks like the scans that "
               "they know."),
        ),
        "logit": Term(
            N_("Logit"),
            N_("A network's raw score of a class, before scores become probabilities."),
        ),
    },
}  # fmt: skip
TERMS = {key: term for part in PARTS.values() for key, term in part.items()}
_FIGURES = {  # of the board -> the term that explains it
    "macro_f1": "f1",
    "weighted_f1": "f1",
    "macro_precision": "precision",
    "weighted_precision": "precision",
    "macro_roc_auc": "roc_auc",
    "macro_pr_auc": "pr_auc",
}


def meaning(key: str) -> str:
    """Say what a term, or a figure of the board, means; for the hover text of a widget."""
    return _(TERMS[_FIGURES.get(key, key)].meaning)


def line(*keys: str, of: str = "") -> None:
    """Name the terms that stand nearby, each with its meaning as hover text, and the page.

    `of` tells several lines of the same terms on a page apart.
    """
    with st.container(horizontal=True, gap="small", key=f"terms-{keys[0]}-{of}"):
        for key in keys:
            st.caption(_(TERMS[key].title), help=meaning(key), width="content")
        if page := st.session_state.get("_pages", {}).get(ADDRESS):
            st.page_link(page, icon=":material/menu_book:")
