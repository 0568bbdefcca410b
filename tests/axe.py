"""axe-core, which finds violations of WCAG in a page: fetched once by npm, held to its digest, run within the page."""

import base64
import hashlib
import subprocess
import tarfile
import tempfile
from functools import cache
from pathlib import Path

from absent import absent
from comunica import CACHE, NODE, NPM

VERSION = "4.14.1"
INTEGRITY = "FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ=="
"""SHA-512 of the package, as npm's registry states it."""

RUN = """async () => {
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  // The widgets of the query editor are not ours: /accessibility says what they lack, and a plain form stands beside.
  const found = await axe.run({exclude: [[".yasgui"]]}, {runOnly: tags, resultTypes: ["violations"], iframes: false});
  // Marks on a map lie where the things are, and each is in the list beside it: the exception of WCAG 2.2, 2.5.8.
  const counts = (rule, node) => !(rule.id === "target-size" && node.html.includes("leaflet-marker-icon"));
  return found.violations.flatMap((rule) =>
    rule.nodes.filter((node) => counts(rule, node)).map((node) =>
      `${rule.id} (${rule.help}): ${node.html.slice(0, 160)}`));
}"""


@cache
def script() -> str:
    """The source of axe-core; it is absent where npm cannot fetch it."""
    kept = CACHE / f"axe-core-{VERSION}.js"
    if not kept.exists():
        CACHE.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="axe-", dir=CACHE) as folder:
            pack = [NODE, NPM, "pack", f"axe-core@{VERSION}", "--silent", "--pack-destination", folder]
            done = subprocess.run(pack, capture_output=True, text=True, timeout=120, cwd=folder)
            if done.returncode:
                absent(f"axe-core {VERSION} (npm: {done.stderr.strip().splitlines()[-1:] or done.returncode})")
            [package] = Path(folder).glob("*.tgz")
            digest = base64.b64encode(hashlib.sha512(package.read_bytes()).digest()).decode()
            assert digest == INTEGRITY, f"{package.name} is not what was expected"
            with tarfile.open(package) as archive:
                source = archive.extractfile("package/axe.min.js")
                assert source is not None
                half = Path(folder) / "axe.js"
                half.write_bytes(source.read())
                half.rename(kept)
    return kept.read_text(encoding="utf-8")


def violations(page) -> list[str]:
    """What axe-core finds wrong with the page as it stands, rule and element."""
    page.evaluate(script())
    return page.evaluate(RUN)
