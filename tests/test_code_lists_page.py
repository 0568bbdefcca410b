"""The page of all code lists: what each is for, and how many codes it has."""

from flask import Flask
from markupsafe import escape

from kb.ask.vocabulary import about, schemes
from kb.store.folder import DataFolder
from kb.store.snapshots import Snapshots


def test_each_list_says_what_it_is_for(site: Flask) -> None:
    store = Snapshots(DataFolder(site.config["SETTINGS"].data)).current().store
    found = schemes(store)
    said = about(store, [each.iri for each in found])
    page = site.test_client().get("/concept/", headers={"Accept": "text/html"}).text
    assert len(found) > 30
    assert sum(1 for each in found if each.meaning) > 30
    for each in found:
        assert each.meaning == (said[each.iri].first("dcterms:description", "skos:definition") or "")
        assert f">{escape(each.meaning)}</td>" in page
