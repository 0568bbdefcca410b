"""The command with spreadsheets: what columns mean is proposed and kept, cells are named, the rest is held back."""

import json
from pathlib import Path

import openpyxl
import pytest
from command_line import Whatworks, with_a_release
from publishing_site import CONFORMING, VIOLATING


@pytest.fixture
def published(whatworks: Whatworks) -> Whatworks:
    return with_a_release(whatworks)


REGISTER = "Asset code,Property name,Post code,Council\nSW-1,Swale House,ME10 3HT,Swale Council\n"
BODY = "Swale Council=https://data.swale.example/id/organisation/swale"


def test_check_names_the_cells_of_a_spreadsheet(whatworks: Whatworks, tmp_path: Path) -> None:
    sheet = tmp_path / "register.csv"
    sheet.write_text(REGISTER + ",,ME10 3HT,Swale Council\n")
    marked = tmp_path / "marked.xlsx"
    done = whatworks("check", sheet, "--protocol", "dp-01", "--body", BODY, "--marked", marked)
    assert done.code == 1
    assert openpyxl.load_workbook(marked)["register"]["E3"].value.startswith("Must: ")
    graph = whatworks("check", sheet, "--protocol", "dp-01", "--body", BODY, "--format", "turtle").out
    assert "ww:rowNumber 3" in graph
    assert "register.csv: 2 rows" in done.out
    assert "row 3" in done.out
    sheet.write_text(REGISTER)
    assert whatworks("check", sheet, "--protocol", "dp-01", "--body", BODY).code == 0
    unknown = whatworks("check", sheet, "--protocol", "dp-01")
    assert unknown.code == 1
    assert "“Swale Council” is not known" in unknown.out


def test_a_mapping_is_proposed_confirmed_and_kept(whatworks: Whatworks, tmp_path: Path) -> None:
    sheet, mapping = tmp_path / "register.csv", tmp_path / "mapping.json"
    sheet.write_text(REGISTER.replace("Property name", "Bezeichnung"))
    proposed = whatworks("map", sheet, "--protocol", "dp-01")
    assert "Bezeichnung → to decide" in proposed.err
    confirmed = json.loads(proposed.out)
    confirmed["columns"]["Bezeichnung"] = "AssetShape-prefLabel"
    mapping.write_text(json.dumps(confirmed))
    whatworks("publisher", "add", "swale", "--base", "https://data.swale.example", "--name", "Swale Council")
    to = ("--publisher", "swale", "--dataset", "buildings")
    described = ("--title", "Buildings of Swale", "--licence", "OGL")
    assert whatworks("publish", sheet, *to, *described).code == 1
    done = whatworks("publish", sheet, *to, *described, "--mapping", mapping)
    assert "release 1" in done.out
    assert "does not yet say its title" not in done.out
    sheet.write_text(sheet.read_text() + "SW-2,Depot,ME12,Swale Council\n")
    again = whatworks("publish", sheet, *to, *described)
    assert "release 2" in again.out, again
    assert json.loads(whatworks("map", sheet, "--csvw").out)["tableSchema"]["columns"]


def test_what_is_still_to_be_said_of_a_body_is_told(whatworks: Whatworks) -> None:
    known = ("publisher", "add", "swale", "--base", "https://data.swale.example", "--name", "Swale Council")
    assert "say where it lies with --area" in whatworks(*known).out
    told = whatworks(*known, "--area", "https://w3id.org/whatworks/id/place/swale").out
    assert "say where it lies" not in told
    assert "give its outline too" in told
    assert "outline" not in whatworks(*known, "--area", "0.6,51.2,1.1,51.5").out


def test_publish_says_which_values_it_left_out(published: Whatworks, tmp_path: Path) -> None:
    sheet = tmp_path / "register.csv"
    head, row = REGISTER.replace("Swale Council", "swale").splitlines()
    sheet.write_text(f"{head},Energy rating,Zorg\n{row},Zebra,x\nSW-2,Depot,ME10 3HT,swale,A,y\n")
    done = published("publish", sheet, "--publisher", "swale", "--dataset", "rated", "--protocol", "dp-01")
    assert done.code == 0, done
    assert "left out: register.csv, Energy rating, in 1 row: “Zebra” is not in the code list." in done.out
    assert "the column “Zorg”, which is not decided" in done.out
    assert "“A”" not in done.out


def test_no_terminal_obeys_what_a_sheet_says(published: Whatworks, tmp_path: Path) -> None:
    lines = "\n".join(
        f'<https://data.swale.example/id/asset/1> <http://www.w3.org/{path}> {value} .'
        for path, value in (
            ("1999/02/22-rdf-syntax-ns#type", "<https://w3id.org/whatworks/def#Asset>"),
            ("2004/02/skos/core#prefLabel", '"Depot \\u001B[2J"@en'),
        )
    )
    hostile = tmp_path / "hostile.nt"
    hostile.write_text(lines, encoding="utf-8")
    to = ("--publisher", "swale", "--dataset", "free", "--unchecked")
    assert published("publish", hostile, *to).code == 0
    hostile.write_text(lines.replace("Depot", "House"), encoding="utf-8")
    assert published("publish", hostile, *to).code == 0
    told = published("difference", *to[:4]).out
    assert ("House" in told, "\x1b" in told) == (True, False)


def test_what_conforms_is_published_and_the_rest_held_back(published: Whatworks, tmp_path: Path) -> None:
    sheet = tmp_path / "register.csv"
    sheet.write_text(REGISTER.replace("Swale Council", "swale") + "SW-2,Depot,ME10 3HT,Nobody\n,,ME10 3HT,swale\n")
    to = ("--publisher", "swale", "--dataset", "buildings", "--protocol", "dp-01")
    refused = published("publish", sheet, *to)
    assert (refused.code, "--hold-back" in refused.err) == (1, True)
    done = published("publish", sheet, *to, "--hold-back")
    assert done.code == 0, done.err
    assert "2 records were held back" in done.out
    called = "SELECT ?n { ?s a ww:Asset ; <http://www.w3.org/2004/02/skos/core#prefLabel> ?n }"
    found = published("query", "-", stdin=f"PREFIX ww: <https://w3id.org/whatworks/def#> {called}").out
    assert ("Swale House" in found, "Depot" in found) == (True, False)
    both = tmp_path / "both.ttl"
    both.write_text(CONFORMING.read_text(encoding="utf-8") + VIOLATING.read_text(encoding="utf-8"), encoding="utf-8")
    assert published("publish", both, "--publisher", "swale", "--dataset", "both").code == 1
    assert "held back" in published("publish", both, "--publisher", "swale", "--dataset", "both", "--hold-back").out


def test_what_is_said_of_a_dataset_and_of_a_mapping_is_checked(published: Whatworks, tmp_path: Path) -> None:
    to = ("--publisher", "swale", "--dataset", "money")
    done = published("publish", CONFORMING, *to, "--title", "Money", "--licence", "free")
    assert done.code == 2
    assert "no licence is called 'free'" in done.err
    assert "release 2" in published("publish", CONFORMING, *to, "--title", "Money", "--licence", "cc-by").out
    wrong = tmp_path / "mapping.json"
    wrong.write_text("{}")
    assert "is no mapping file" in published("check", CONFORMING, "--mapping", wrong).err
