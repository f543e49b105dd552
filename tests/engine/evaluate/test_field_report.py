"""Statistics of single fields, as table, JSON and picture."""

import json
from io import StringIO

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from rich.console import Console

from cosmoloom.box import Box
from cosmoloom.errors import InvalidInputError
from cosmoloom.evaluate.field_report import field_document, field_figure, field_table, measure_fields
from cosmoloom.evaluate.plain import plain


def box(n=16, seed=0, label="some[red]field", **options):
    density = np.random.default_rng(seed).lognormal(size=(n, n, n))
    return Box.from_array(density, box_size=40.0, redshift=0.5, label=label, **options)


def text_of(report):
    output = StringIO()
    Console(width=150, file=output).print(field_table(report))
    return output.getvalue()


def test_document_holds_every_number_of_both_fields_and_of_the_pair():
    report = measure_fields(box(), box(seed=1))
    document = json.loads(json.dumps(field_document(report), allow_nan=False))
    for name in ("field", "reference"):
        part = document[name]
        assert sum(part["mass"]["counts"]) == 16**3
        assert len(part["power"]["k"]) == len(part["power"]["power"]) == 8
        assert part["mean_density"]["mean"] == pytest.approx(1.6, abs=0.2)
        assert part["redshift"] == 0.5
    assert len(document["dice"]["dice"]) == 19
    assert len(document["cross"]["correlation"]) == 8


def test_a_field_alone_has_no_pair():
    document = field_document(measure_fields(box()))
    assert not {"reference", "cross", "dice"} & document.keys()


def test_table_shows_labels_and_units_as_they_are():
    text = text_of(measure_fields(box(), box(seed=1, label="other", periodic=True)))
    for part in ("some[red]field", "other", "[cosmic mean]", "[(Mpc/h)^3]", "16^3 of 2.5 Mpc/h", "by chance"):
        assert part in text


@pytest.mark.parametrize("alone", [True, False])
def test_picture_shows_every_statistic(alone):
    figure = field_figure(measure_fields(box(), None if alone else box(seed=1)))
    FigureCanvasAgg(figure).draw()
    assert len(figure.axes) == (3 if alone else 6)
    assert all(axis.has_data() and axis.get_xlabel() and axis.get_ylabel() for axis in figure.axes)


def test_the_neighbourhood_reaches_the_peaks():
    near, far = (measure_fields(box(), neighbourhood=r).field.peaks for r in (1, 3))
    assert near.counts.sum() > far.counts.sum()
    assert near.n_searched == 14**3


def test_fields_of_different_size_are_refused():
    with pytest.raises(InvalidInputError, match="same cube"):
        measure_fields(box(), box(n=8))


def test_undefined_numbers_become_null():
    assert plain({"a": np.array([1.0, np.nan]), "b": (np.inf, np.int64(3)), "c": np.array(2.5)}) == {
        "a": [1.0, None], "b": [None, 3], "c": 2.5,
    }
