"""Spreadsheets: a large one from file to live, many assets checked, many errors marked, and a small one at a site."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from bench.measure import Measured, measured
from bench.pages import site
from bench.publish import prepare
from bench.table import Row
from kb import config

GOAL_MB, GOAL_CHECK, GOAL_REPORT, GOAL_PREVIEW = 1536.0, 60.0, 5.0, 2.0
SPEND = Path(__file__).parents[2] / "shared" / "data" / "trafford" / "trafford-supplier-spend-2025-26.zip"
PUBLISHER, BASE, NAME = "trafford", "https://trafford.example", "Trafford Council"
ERRORS, SMALL = 10_000, 50

HEADINGS = (
    "Name", "Identifier", "UPRN", "Description", "Reporting body", "Holder", "Tenure", "Held from", "Uses", "Status",
    "Who may see it", "Postcode", "Street", "Post town", "Longitude or easting", "Latitude or northing",
    "Floor area GIA", "Running cost a year", "Condition", "Record status",
)  # fmt: skip
USES = ("Office", "Library", "Health centre", "Fire station", "Depot", "Community hall")


def asset(number: int, wrong: bool) -> Sequence[str | float]:
    """A row of the register; a wrong one has a tenure and a status that no code list knows, and no name."""
    return (
        "" if wrong else f"Building {number}", f"B{number:06}", str(10_000_000_000 + number),
        f"Two storeys, built in {1900 + number % 100}.", NAME, NAME, "Fee simple" if wrong else "Freehold",
        f"{1950 + number % 60}-04-01", USES[number % 6], "Wobbly" if wrong else "Operational", "Public",
        f"M{number % 40 + 1} {number % 9 + 1}AB", f"{number % 200 + 1} High Street", "Stretford",
        round(-2.4 + number % 997 / 5000, 4), round(53.4 + number % 499 / 5000, 4),
        100 + number % 3000, 1000 + number % 5000, "ABCD"[number % 4], "Current",
    )  # fmt: skip


def write(path: Path, assets: int, wrong: int = 0) -> Path:
    """An .xlsx register of so many assets, the first of them `wrong`."""
    from openpyxl import Workbook

    if not path.exists():
        book = Workbook(write_only=True)
        page = book.create_sheet("Assets")
        page.append(HEADINGS)
        for number in range(assets):
            page.append(asset(number, number < wrong))
        book.save(path)
    return path


def made(data: Path) -> Path:
    """A data folder with the knowledge that ships and the publisher of the sheets."""
    from kb.store.folder import DataFolder
    from kb.store.publisher_bodies import PublisherBodies
    from kb.store.state import State

    if not data.exists():
        prepare(data)
        publisher = State(DataFolder(data)).add_publisher(PUBLISHER, BASE)
        PublisherBodies(DataFolder(data)).say(publisher, names=[NAME])
    return data


def live(path: Path, data: Path, protocol: str) -> dict[str, Any]:
    """The whole way of a submission: received, read, its columns confirmed, checked, published; seconds of each."""
    from kb.store import decisions
    from kb.store.folder import DataFolder
    from kb.store.publisher_process import work_off
    from kb.store.submission_folder import SubmissionFolder
    from kb.store.submissions import Submissions, new_id

    folder, settings, id = DataFolder(data), config.load({}, data=data), new_id()
    submissions, place, seconds = Submissions(folder), SubmissionFolder(folder, id), {}
    place.place(1, path.name).write_bytes(path.read_bytes())
    submissions.add(id, PUBLISHER, "spend", place.account(), "bench", protocol=protocol)
    for what in ("read", "check", "publish"):
        begin = time.perf_counter()
        if what == "check":
            mappings = [decisions.decided(each, {}, number) for number, each in enumerate(place.decisions())]
            submissions.queue(id, "read")
            place.keep_mappings(mappings)
        elif what == "publish":
            submissions.queue(id, "publish")
        work_off(folder, settings)
        seconds[what] = time.perf_counter() - begin
    found = submissions.submission(id)
    return {"id": id, "state": found.state, "message": found.message, "counts": found.counts, "seconds": seconds}


def checked(path: Path) -> dict[str, Any]:
    """A sheet read, mapped, checked, and its report with cells kept as a file, as the publisher's process does it."""
    from kb.mapping.cell_report.found import Source, cell_report
    from kb.mapping.cell_report.stored import store
    from kb.mapping.prepare import prepare
    from kb.mapping.values.names import Known, Names
    from kb.namespaces import expand
    from kb.protocols.check import check
    from kb.store.publisher_process import collect_rarely

    collect_rarely()
    body = Known(f"{BASE}/id/organisation/{PUBLISHER}", (expand("org:Organization"), expand("foaf:Agent")), (NAME,))
    prepared = prepare(
        [path],
        base=BASE,
        genid=f"{BASE}/.well-known/genid/",
        graph=None,
        settings=config.load({}, data=path.parent),
        protocol="dp-01",
        names=Names([body]),
        publisher=NAME,
    )
    report = check(prepared.lines)
    sources = [Source(each.grid, each.mapped.mapping, each.mapped.record) for each in prepared.sheets]
    target = path.with_suffix(".cells.jsonl.gz")
    told = store(cell_report(report, prepared.locator, prepared.problems, sources), target)
    return {"statements": len(prepared.lines), "counts": told.counts, "rows": sum(each.count for each in told.sheets)}


def workbook(cells: Path, target: Path) -> int:
    """The marked sheet of a report that was kept; its size in bytes."""
    from kb.mapping.cell_report.stored import read
    from kb.mapping.cell_report.workbook import write_workbook

    write_workbook(read(cells), target)
    return target.stat().st_size


def token(data: Path) -> str:
    """A token by which the publisher of the sheets may send."""
    from kb.store.folder import DataFolder
    from kb.store.tokens import Tokens

    return Tokens(DataFolder(data)).create(PUBLISHER, "bench", "publish", 1)[1]


def preview(url: str, secret: str, path: Path) -> dict[str, Any]:
    """A sheet sent to a site, asked about until it is checked, and its report fetched; seconds, state, bytes."""
    begin = time.perf_counter()
    where = f"{url}/api/datasets/{PUBLISHER}/register/submissions?protocol=dp-01"
    headers = {"Content-Type": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
               "Content-Disposition": f'attachment; filename="{path.name}"'}  # fmt: skip
    found = json.loads(_asked(where, secret, path.read_bytes(), headers))
    here = f"{url}/api/submissions/{found['id']}"
    while found["state"] in ("received", "reading"):
        time.sleep(0.02)
        found = json.loads(_asked(here, secret))
    report = _asked(f"{here}/report", secret) if found["state"] == "checked" else b""
    return {"seconds": time.perf_counter() - begin, "state": found["state"], "bytes": len(report), "said": found}


def _asked(url: str, secret: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> bytes:
    sent = urllib.request.Request(url, body, {"Authorization": f"Bearer {secret}", **(headers or {})})
    try:
        with urllib.request.urlopen(sent, timeout=60) as answer:
            content: bytes = answer.read()
    except urllib.error.HTTPError as error:
        raise RuntimeError(f"{url}: {error.code} {error.read()[:300]!r}") from error
    return content


def run(folder: Path, assets: int = 10_000) -> list[Row]:
    """Rows: the real spending file where it is, ten times `assets` checked, 10,000 errors marked, 50 rows previewed."""
    data = made(folder / "data-sheets")
    rows = list(_spend(data)) if SPEND.is_file() else []
    many = measured(checked, write(folder / "assets.xlsx", 10 * assets))
    rows.append(_within(f"{10 * assets:,} assets from .xlsx: read and checked, s", many, GOAL_CHECK))
    wrong = write(folder / "wrong.xlsx", ERRORS, wrong=ERRORS)
    faults = measured(checked, wrong).value["counts"]
    marked = measured(workbook, wrong.with_suffix(".cells.jsonl.gz"), folder / "marked.xlsx")
    rows.append(_within(f"{ERRORS:,} rows back with {sum(faults.values()):,} findings, s", marked, GOAL_REPORT))
    with site(data) as url:
        secret = token(data)
        seen = [preview(url, secret, write(folder / f"small-{one}.xlsx", SMALL)) for one in range(4)]
    best = min(each["seconds"] for each in seen)
    detail = ", ".join(f"{each['seconds']:.2f} s {each['state']}" for each in seen)
    rows.append(Row(f"{SMALL} rows from upload to preview, s", best, _most(GOAL_PREVIEW), best <= GOAL_PREVIEW, detail))
    return rows


def _spend(data: Path) -> Iterator[Row]:
    found = measured(live, SPEND, data, "dp-13")
    seconds = ", ".join(f"{what} {spent:.0f}" for what, spent in found.value["seconds"].items())
    detail = f"{seconds} s; {found.value['state']} {found.value['message']}; {found.value['counts']}"
    total = sum(found.value["seconds"].values())
    yield Row("241,764 payments (61 MB CSV) from file to live, s", total, "", None, detail)
    met = found.peak_mb <= GOAL_MB and found.value["state"] == "published"
    yield Row("its peak memory, MB", found.peak_mb, _most(GOAL_MB), met, "")


def _within(name: str, found: Measured, goal: float) -> Row:
    detail = f"{found.peak_mb:.0f} MB; {found.value}"
    return Row(name, found.seconds, _most(goal), found.seconds <= goal, detail)


def _most(goal: float) -> str:
    return f"at most {goal:g}"
