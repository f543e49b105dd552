"""The page opens anywhere, shows every picture and score, and puts models side by side."""

import json
import re
from html.parser import HTMLParser

import pytest

from cosmoloom import models
from cosmoloom.cli.app import main
from cosmoloom.evaluate.page import TITLES

VOID = {"meta", "link", "img", "br", "hr", "input"}


class Reader(HTMLParser):
    """Collects tags that are left open, addresses and anchors."""

    def __init__(self):
        super().__init__()
        self.open, self.addresses, self.ids = [], [], set()

    def handle_starttag(self, tag, attributes):
        known = dict(attributes)
        self.addresses += [known[name] for name in ("src", "href") if name in known]
        self.ids |= {known["id"]} if "id" in known else set()
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def report(tiny_model_folder, store, tmp_path_factory):
    """Folder of a report of two models: the tiny one twice, once under a name that HTML must not believe."""
    other = tmp_path_factory.mktemp("models") / "other"
    model = models.load(tiny_model_folder)
    card = model.card.model_copy(update={"name": "<b>&other"})
    models.save_model(other, generator=model.generator, standardisation=model.standardisation, card=card)
    out = tmp_path_factory.mktemp("reports")
    options = ["--store", str(store.path), "--held-out", "0001,0002", "--samples", "5", "--redshifts", "3,0"]
    assert main(["evaluate", str(tiny_model_folder), str(other), *options, "--out", str(out)]) == 0
    return out


@pytest.fixture(scope="module")
def html(report):
    return (report / "evaluation.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def read(html):
    reader = Reader()
    reader.feed(html)
    return reader


def test_page_needs_nothing_but_itself(html, read):
    assert read.open == []
    assert all(address.startswith(("data:image/png;base64,", "#")) for address in read.addresses)
    assert {address[1:] for address in read.addresses if address.startswith("#")} <= read.ids
    assert not re.search(r"https?:|@import|url\(|<script", html)


def test_every_picture_is_on_the_page(report, html):
    pictures = [path.stem for path in report.glob("*.png")]
    assert set(pictures) == set(TITLES)
    assert html.count("data:image/png") == len(pictures)
    assert all(f'id="{name}"' in html for name in pictures)


def test_every_score_stands_beside_its_floor(html):
    table = html[html.index('id="scores"') : html.index('id="slices"')]
    groups = table.split("<tbody>")[1:]
    assert len(groups) == 12
    for group in groups:
        assert group.count("<td>floor") == 1
        assert group[: group.index("</tbody>")].count("<tr") == 3  # the floor and two models


def test_names_are_shown_as_text(html):
    assert "&lt;b&gt;&amp;other" in html
    assert "<b>&other" not in html


def test_numbers_of_both_models_are_beside_the_page(report, html):
    document = json.loads((report / "evaluation.json").read_text())
    assert document["model"]["name"] == "tiny16"
    assert [other["model"]["name"] for other in document["compared_with"]] == ["<b>&other"]
    assert document["sentences"]["power"].replace("'", "&#39;") in html.replace("&lt;", "<")
    assert document["redshifts"] == document["compared_with"][0]["redshifts"]  # the same weights
