"""The mapping of a submission is downloaded, sent again, and written as CSV on the Web; nobody else gets it."""

import json
from pathlib import Path

from publishing_site import Site, publishing_site
from test_deciding import sent

from kb.mapping.mapping import read_mapping


def submission(site: Site) -> tuple[str, dict[str, str]]:
    """The id of a submission of Kent's, and the headers of its program."""
    _, page = sent(site)
    return page.rpartition("/")[2], {"Authorization": f"Bearer {site.tokens['kent']}"}


def test_the_file_is_the_mapping_and_can_be_sent_back(tmp_path: Path) -> None:
    site = publishing_site(tmp_path / "data")
    client = site.client()
    id, headers = submission(site)
    answer = client.get(f"/api/submissions/{id}/mapping", headers=headers)
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == 'attachment; filename="assets-mapping.json"'
    assert answer.headers["Cache-Control"] == "no-store"
    mapping = read_mapping(answer.text)
    assert mapping.columns["Our ref"] == "AssetShape-identifier"
    sending = headers | {"Content-Type": "application/json"}
    again = client.post(f"/api/submissions/{id}/mapping", data=answer.data, headers=sending)
    assert again.status_code == 202, again.text


def test_as_csv_on_the_web_each_heading_is_a_column(tmp_path: Path) -> None:
    site = publishing_site(tmp_path / "data")
    id, headers = submission(site)
    answer = site.client().get(f"/api/submissions/{id}/mapping-csvw", headers=headers)
    assert answer.mimetype == "application/csvm+json"
    table = json.loads(answer.text)
    assert table["url"] == "premises.csv"
    titles = [each.get("titles") for each in table["tableSchema"]["columns"]]
    assert titles[:2] == ["Our ref", "Name of premises"]


def test_the_page_of_the_sheet_leads_to_both_files_and_only_its_publisher_gets_them(tmp_path: Path) -> None:
    site = publishing_site(tmp_path / "data")
    client, page = sent(site)
    text = client.get(f"{page}/decisions").text
    for name in ("mapping.json", "mapping-csvw.json"):
        assert f'href="{page}/{name}"' in text
        assert client.get(f"{page}/{name}").status_code == 200
        assert site.client().get(f"{page}/{name}").status_code in (303, 401)
    other = next(name for name in site.tokens if name != "kent")
    id = page.rpartition("/")[2]
    headers = {"Authorization": f"Bearer {site.tokens[other]}"}
    assert site.client().get(f"/api/submissions/{id}/mapping", headers=headers).status_code == 404
