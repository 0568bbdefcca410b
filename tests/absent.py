"""What to do about a component that a machine may lack."""

import os
from typing import NoReturn

import pytest


def absent(what: str) -> NoReturn:
    """Skips, saying what is missing, on a user's machine; fails where everything has to be run (`CI=true`)."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} is missing")
    pytest.skip(f"{what} is missing")
