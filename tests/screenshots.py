"""`python tests/screenshots.py`: the pictures of real pages in the README, docs/pages/{name}.png, made again.

All are of the knowledge that ships, but for the buildings: no register ships, so those are invented ones of the tests.
"""

import io
import sys
import tempfile
from pathlib import Path

from chromium import ARGUMENTS, CHROMIUM
from conftest import served
from page_types import ESTATES, PAGE_TYPES
from PIL import Image
from playwright.sync_api import sync_playwright
from question_sites import publish_invented

from kb import config
from kb.store.folder import DataFolder
from kb.store.shipped import publish_shipped
from web import create_app

SHOWN = ("home", "intervention-type", "evidence-map", "compare-interventions", "buildings")
"""Types of pages that the README shows."""

WIDTH, HEIGHT, COLOURS = 1280, 860, 64
PICTURES = Path(__file__).parent.parent / "docs" / "pages"


def main() -> None:
    """Publishes both sites, and takes the top of each page."""
    kinds = {kind.name: kind for kind in PAGE_TYPES}
    with tempfile.TemporaryDirectory(prefix="pictures-") as root:
        shipped = config.load({}, data=Path(root) / "shipped")
        publish_shipped(DataFolder(shipped.data), shipped)
        estates = config.load({}, data=Path(root) / "estates")
        publish_invented(DataFolder(estates.data))
        with served(create_app(shipped)) as there, served(create_app(estates)) as here, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
            page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
            for name in SHOWN:
                page.goto((here if kinds[name].site == ESTATES else there) + kinds[name].address)
                page.wait_for_load_state("networkidle")
                _keep(name, page.screenshot())
            browser.close()


def _keep(name: str, taken: bytes) -> None:
    """Writes a picture in few colours, which suits pages."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    path = PICTURES / f"{name}.png"
    picture = Image.open(io.BytesIO(taken)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    picture.save(path, optimize=True)
    print(f"{path}: {path.stat().st_size // 1024} kB", file=sys.stderr)


if __name__ == "__main__":
    main()
