"""An evaluation as one page that needs nothing but a browser."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import TYPE_CHECKING

from cosmoloom.evaluate.figures.canvas import MODELS
from cosmoloom.evaluate.further import FURTHER
from cosmoloom.evaluate.page.tables import last_table, score_table
from cosmoloom.evaluate.sentences import sentences

if TYPE_CHECKING:
    from cosmoloom.evaluate.report import Evaluation

TEMPLATE = "evaluation.html.jinja"

TITLES = {
    "slices": "What it looks like",
    "power": "Power spectrum",
    "covariance": "Covariance of power",
    "mass": "Mass histogram",
    "peaks": "Peak counts",
    "mean_density": "Mean density",
    **{statistic.key: statistic.title for statistic in FURTHER},
    "diversity": "Diversity and memory",
    "correlation": "One universe at two times",
}
"""Headings of the pictures, in the order of the page."""


def page(evaluations: Sequence[Evaluation], pictures: Mapping[str, bytes]) -> str:
    """Return the page as HTML with all pictures inside.

    Parameters
    ----------
    evaluations : sequence of Evaluation
        Models side by side, measured on the same simulations.
    pictures : mapping
        From name to PNG.
    """
    from jinja2 import Environment, StrictUndefined

    template = files(__package__).joinpath(TEMPLATE).read_text(encoding="utf-8")
    said = [sentences(evaluation) for evaluation in evaluations]
    first = evaluations[0].facts
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(template).render(
        models=[
            {"name": e.name, "colour": MODELS[i % len(MODELS)], **e.facts} for i, e in enumerate(evaluations)
        ],
        facts=first,
        redshifts=[row.redshift for row in evaluations[0].comparisons],
        overview=[[said_of[name] for name in ("scores", *TITLES) if name in said_of] for said_of in said],
        sections=[
            {
                "name": name,
                "title": title,
                "picture": base64.b64encode(pictures[name]).decode("ascii"),
                "sentences": [said_of[name] for said_of in said if name in said_of],
            }
            for name, title in TITLES.items()
            if name in pictures
        ],
        score_table=score_table(evaluations),
        last_table=last_table(evaluations),
        scores_said=[said_of["scores"] for said_of in said],
        cautions=list(dict.fromkeys(text for e in evaluations for text in e.facts["cautions"])),
    )
