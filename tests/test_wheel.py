"""The wheel alone is enough, from any folder: what is Turtle, SPARQL, SQL and HTML comes with it."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PUBLISH = """
import sys
from pathlib import Path
import kb.config, web.site
from kb.store.folder import DataFolder
from kb.store.shipped import publish_shipped
from kb.store.snapshots import Snapshots

site, data = Path(sys.argv[1]), Path(sys.argv[2])
for folder in ("ontology", "shapes", "graphs", "queries"):
    assert kb.config.shipped(folder).is_relative_to(site), folder
settings = kb.config.load(data=data)
publish_shipped(DataFolder(data), settings)
page = web.site.create_app(settings).test_client().get("/doc/pilot/kent", headers={"Accept": "text/html"})
print(page.status_code, len(Snapshots(DataFolder(data)).current().store) > 10_000)
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built without the npm packages and unpacked."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    environment = os.environ | {"HATCH_NPM_VENDOR_SKIP": "1"}
    subprocess.run([*build, "--wheel-dir", str(folder), str(ROOT)], env=environment, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def test_the_wheel_holds_every_source_file_that_is_not_python(site: Path) -> None:
    for folder, place in (("kb", "kb"), ("web", "web"), ("ontology", "kb/ontology"), ("shapes", "kb/shapes")):
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in (".ttl", ".rq", ".sql", ".html", ".css") and "vendor" not in path.parts:
                assert (site / place / path.relative_to(ROOT / folder)).is_file(), path


def test_the_wheel_publishes_and_shows_the_knowledge_from_any_folder(site: Path, tmp_path: Path) -> None:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("WHATWORKS_")} | {"PYTHONPATH": str(site)}
    # -P keeps the working folder, and so the checkout, off the path.
    command = [sys.executable, "-P", "-c", PUBLISH, str(site), str(tmp_path / "data")]
    run = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True)
    assert run.stdout == "200 True\n", run.stderr
