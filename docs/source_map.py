"""Write the README's map of the source: one line per file, from each file's own first line.

Run: python docs/source_map.py (rewrites the README between its two markers)
"""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BEGIN, END = "<!-- source map: begin -->", "<!-- source map: end -->"


def first_line(file: Path) -> str:
    """The first line of a module's docstring, or nothing."""
    doc = ast.get_docstring(ast.parse(file.read_text("utf-8")))
    return doc.splitlines()[0] if doc else ""


def source_map() -> str:
    """The map as Markdown: folders as rows of their files."""
    src = ROOT / "src" / "anigifs"
    files = [file for file in sorted(src.rglob("*.py")) if first_line(file)]
    rows = [f"| `{file.relative_to(src)}` | {first_line(file)} |" for file in files]
    return "\n".join(["| file | what it does |", "|---|---|", *rows])


def main() -> None:
    """Rewrite the README's map."""
    readme = ROOT / "README.md"
    head, _, rest = readme.read_text("utf-8").partition(BEGIN)
    tail = rest.partition(END)[2]
    readme.write_text(f"{head}{BEGIN}\n{source_map()}\n{END}{tail}", "utf-8")


if __name__ == "__main__":
    main()
