"""`python tests/screenshots.py`: the pictures of README and guides, docs/pages/, from what test_page_types.py kept.

All are of the knowledge that ships, but for the buildings: no register ships, so those are invented ones of the tests.
"""

import sys
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).parent.parent
KEPT, SHOWN = ROOT / ".artefacts" / "pages", ROOT / "docs" / "pages"

NAMES = ("home", "intervention-type", "evidence-map", "compare-interventions", "buildings")
"""Types of pages that README and guides show."""

HEIGHT, COLOURS = 900, 128


def main() -> None:
    """Takes the top of each picture, in the few colours that pages have."""
    SHOWN.mkdir(parents=True, exist_ok=True)
    for name in NAMES:
        whole = Image.open(KEPT / f"{name}-1280.png").convert("RGB")
        top = whole.crop((0, 0, whole.width, min(whole.height, HEIGHT)))
        path = SHOWN / f"{name}.png"
        top.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
        print(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1024} kB", file=sys.stderr)


if __name__ == "__main__":
    main()
