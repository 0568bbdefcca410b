"""`python -m tests.reference`: writes docs/reference."""

import sys

from . import FOLDER, pages


def main() -> None:
    """Writes every page, takes away those that nothing makes, and names what changed."""
    made = dict(pages())
    for path in FOLDER.rglob("*.md"):
        if path.relative_to(FOLDER).as_posix() not in made:
            path.unlink()
    for name, make in made.items():
        path = FOLDER / name
        text = make()
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            print(name, file=sys.stderr)


if __name__ == "__main__":
    main()
