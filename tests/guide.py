"""What the tests of guides share: the blocks of a page by language, and its commands as this machine has them."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
SITE = "http://127.0.0.1:8000"
"""The address of a site in every guide."""


def blocks(text: str, language: str) -> list[str]:
    """The blocks of code of one language, in their order."""
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def run(
    program: list[str], code: str, folder: Path, address: str, data: Path, seconds: int = 120
) -> subprocess.CompletedProcess[str]:
    """Runs the code as it stands, but for the address of the site and the place of the command."""
    here = code.replace(SITE, address).replace(".venv/bin/", f"{Path(sys.executable).parent}/")
    environment = {"WHATWORKS_DATA": str(data), "PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8"}
    return subprocess.run(
        program, input=here, cwd=folder, env=environment, capture_output=True, text=True, timeout=seconds, check=False
    )
