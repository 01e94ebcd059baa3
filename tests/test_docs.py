"""The documents say what the code does: links, commands, options and the source map."""

import ast
import importlib.util
import re
import shlex
from pathlib import Path

import click
import pytest
import typer.main

from anigifs.cli.main import build_app

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
COMMAND = re.compile(r"^\s*(?:\$ )?((?:\.venv/bin/)?anigifs .*)$", re.MULTILINE)
PYTHON = re.compile(r"```python\n(.*?)```", re.DOTALL)
FENCE = re.compile(r"```(?:sh|console|bash)\n(.*?)```", re.DOTALL)


def source_map():
    spec = importlib.util.spec_from_file_location("source_map", ROOT / "docs" / "source_map.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def leaves(command, path=()):
    if not hasattr(command, "commands"):
        yield path, command
        return
    for name, child in command.commands.items():
        yield from leaves(child, (*path, name))


COMMANDS = dict(leaves(typer.main.get_command(build_app())))


def shown_commands():
    """Every `anigifs …` line of a shell block, as (document, words)."""
    for document in DOCUMENTS:
        for block in FENCE.findall(document.read_text("utf-8")):
            for line in COMMAND.findall(block.replace("\\\n", " ")):
                yield document.name, shlex.split(line, comments=True)[1:]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_relative_link_leads_somewhere(document):
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", document.read_text("utf-8"))
    inside = [link for link in links if not re.match(r"[a-z]+:", link)]
    assert [link for link in inside if not (document.parent / link).exists()] == []


def test_every_command_in_the_documents_exists_with_its_options():
    faults = []
    for document, words in shown_commands():
        command = next(
            (COMMANDS[tuple(words[:n])] for n in (2, 1) if tuple(words[:n]) in COMMANDS), None
        )
        if command is None:
            if not words[0].startswith("-"):
                faults.append(f"{document}: no command {' '.join(words[:2])!r}")
            continue
        known = {
            name for option in command.params for name in (*option.opts, *option.secondary_opts)
        }
        for word in words:
            name = word.partition("=")[0]
            if name.startswith("-") and name not in known | {"--help", "-h"}:
                faults.append(f"{document}: {' '.join(words)!r} has no option {name}")
    assert faults == []


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_has_help_with_an_example_and_stands_in_the_documents(path):
    command = COMMANDS[path]
    text = f"{command.help or ''} {command.epilog or ''}"
    assert f"anigifs {' '.join(path)}" in text, "the help shows no copy-paste example"
    documents = "".join(document.read_text("utf-8") for document in DOCUMENTS)
    assert f"anigifs {' '.join(path)}" in documents, "no document mentions it"


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_option_says_what_it_does(path):
    silent = [p.name for p in COMMANDS[path].params if isinstance(p, click.Option) and not p.help]
    assert silent == []


def test_the_example_that_reads_looks_gives_the_numbers_of_the_results(monkeypatch, capsys):
    (code,) = PYTHON.findall((ROOT / "docs" / "explain.md").read_text("utf-8"))
    monkeypatch.chdir(ROOT)
    exec(code, {})
    rows = ast.literal_eval(capsys.readouterr().out)
    shown = {
        row["method"]: f"{100 * row['value']:.1f}" for row in rows if row["score"] == "peak-in-tube"
    }
    cells = " | ".join(shown[name] for name in ("pretrain", "erm", "saliency"))
    results = (ROOT / "docs" / "results.md").read_text("utf-8")
    assert f"| animated: peak in the box | {cells} |" in results


def test_the_readme_lists_every_source_file_with_its_own_first_line():
    assert source_map().source_map() in (ROOT / "README.md").read_text("utf-8"), (
        "the map is stale; run: python docs/source_map.py"
    )


def test_every_source_file_says_what_it_is():
    files = (ROOT / "src").rglob("*.py")
    silent = [f for f in files if f.read_text("utf-8").strip() and not source_map().first_line(f)]
    assert silent == []
