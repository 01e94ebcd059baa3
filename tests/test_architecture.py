"""The shape of the house: what may import what, and what importing does."""

from __future__ import annotations

import ast
import re
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parent.parent / "src"
ROOT = SOURCE / "anigifs"
FILES = sorted(ROOT.rglob("*.py"))

LAYERS = (
    ("__main__",),
    ("cli",),
    ("study",),
    ("report",),
    ("train", "evaluate"),
    ("algorithms",),
    ("explain",),
    ("loader", "models"),
    ("collect", "curate", "annotate", "release", "simulate", "explore"),
    ("catalog", "datasets"),
    ("media",),
    ("net",),
    ("core",),
    ("__init__",),
)
"""From the top down: imports go down only, and those on one line never import each other."""
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}

TORCH = {"torch", "lightning", "lightning_fabric", "torchvision", "transformers"}
MAY_USE_TORCH = {"loader", "models", "explain", "algorithms", "train", "evaluate", "study"}
SOCKETS = {
    "aiohttp", "asyncio.streams", "ftplib", "http.client", "http.server", "httpx", "poplib",
    "requests", "smtplib", "socket", "socketserver", "ssl", "urllib.request", "urllib3", "uvicorn",
    "xmlrpc",
}  # fmt: skip
MAY_OPEN_SOCKETS = {"net"}
MAY_LISTEN = {"anigifs.collect.fakeweb.server", "anigifs.annotate.app.serve"}
"""They answer and ask nobody: a stand-in for the web on loopback, for tries and tests; and the
annotation server, on loopback unless a person says otherwise."""
UNSAFE = {"cloudpickle", "dill", "joblib", "marshal", "pickle", "shelve"}

_DOTTED = re.compile(r"(anigifs(?:\.\w+)+)(?::\w+)?")


def module_of(path: Path) -> str:
    """`anigifs.core.files` for its file; a package for its `__init__`."""
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 2 else parts)


def part_of(module: str) -> str:
    """The folder of ours that a module is in; `__init__` for the package itself."""
    return [*module.split("."), "__init__"][1]


def imports(code: str, package: str) -> Iterator[str]:
    """Every module that `code` of `package` imports, in whatever form it says so.

    Statements anywhere in it (also inside functions and under TYPE_CHECKING), relative ones,
    `import_module` and `__import__`, and texts such as "anigifs.models.i3d:build", which
    registries import later.
    """
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1]
            base = ".".join([*(above if node.level else []), *filter(None, [node.module])])
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and _name(node.func) in ("import_module", "__import__"):
            yield from _called(node)
        elif isinstance(node, ast.Constant) and (found := _DOTTED.fullmatch(str(node.value))):
            yield found[1]


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _called(node: ast.Call) -> Iterator[str]:
    first = node.args[0] if node.args else None
    if isinstance(first, ast.JoinedStr):
        first = first.values[0]
    if isinstance(first, ast.Constant):
        yield first.value.rstrip(".")


def all_imports(path: Path) -> set[str]:
    module = module_of(path)
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    return set(imports(path.read_text("utf-8"), package))


def is_of(module: str, names: set[str]) -> bool:
    """Whether `module` is one of `names` or inside one."""
    parts = module.split(".")
    return any(".".join(parts[:end]) in names for end in range(1, len(parts) + 1))


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("import anigifs.train.loop", "anigifs.train.loop"),
        ("import anigifs.train as t, os", "anigifs.train"),
        ("from anigifs.train import loop", "anigifs.train.loop"),
        ("from anigifs import train", "anigifs.train"),
        ("from ..train import loop", "anigifs.train.loop"),
        ("from .. import train", "anigifs.train"),
        ("from . import files", "anigifs.core.files"),
        ("def f():\n    if True:\n        import anigifs.train", "anigifs.train"),
        ("if TYPE_CHECKING:\n    from anigifs.train import loop", "anigifs.train.loop"),
        ("importlib.import_module('anigifs.train')", "anigifs.train"),
        ("import_module(f'anigifs.train.{name}')", "anigifs.train"),
        ("__import__('anigifs.train')", "anigifs.train"),
        ("TABLE = {'a': 'anigifs.train.loop:train'}", "anigifs.train.loop"),
        ("import_module('torch')", "torch"),
    ],
)
def test_every_form_of_import_is_seen(code, expected):
    assert expected in set(imports(code, "anigifs.core"))


def test_prose_is_no_import():
    assert not set(imports('"""See anigifs.train for more."""\nX = "anigifs"', "anigifs.core"))


def test_every_folder_has_its_place_in_the_order():
    assert {part_of(module_of(path)) for path in FILES} <= LEVEL.keys()


@pytest.mark.parametrize("path", FILES, ids=module_of)
def test_imports_go_down_only(path):
    own = part_of(module_of(path))
    wrong = {
        other
        for other in all_imports(path)
        if other.split(".")[0] == "anigifs" and "." in other
        and (part := part_of(other)) in LEVEL and part != own and LEVEL[part] <= LEVEL[own]
    }  # fmt: skip
    assert not wrong


def users(names: set[str], allowed: set[str]) -> dict[str, set[str]]:
    """Which files outside the allowed folders import one of `names`, and what."""
    found = {
        module_of(path): {name for name in all_imports(path) if is_of(name, names)}
        for path in FILES
        if part_of(module_of(path)) not in allowed
    }
    return {module: wrong for module, wrong in found.items() if wrong}


def test_torch_is_imported_only_where_models_are():
    assert not users(TORCH, MAY_USE_TORCH)


def test_sockets_are_opened_only_by_the_fetcher():
    assert users(SOCKETS, MAY_OPEN_SOCKETS).keys() <= MAY_LISTEN


def runs_code_from_data(call: ast.Call) -> bool:
    """Whether a call reads a pickle, in one of its disguises, or runs text as code."""
    said, name = ast.unparse(call), _name(call.func)
    owner = _name(call.func.value) if isinstance(call.func, ast.Attribute) else ""
    return (
        (owner in UNSAFE and name not in ("dump", "dumps"))
        or (said.startswith("torch.load(") and "weights_only=True" not in said)
        or "allow_pickle=True" in said
        or (isinstance(call.func, ast.Name) and name in ("eval", "exec", "Unpickler"))
    )


@pytest.mark.parametrize(
    "code",
    [
        "pickle.loads(data)", "pickle.Unpickler(file)", "marshal.load(file)", "joblib.load(path)",
        "torch.load(path)", "torch.load(path, weights_only=False)", "eval(text)", "exec(text)",
        "np.load(path, allow_pickle=True)",
    ],
)  # fmt: skip
def test_every_way_to_run_code_from_data_is_seen(code):
    assert runs_code_from_data(ast.parse(code).body[0].value)


def test_no_file_can_run_code():
    """But for the sandbox's child, whose requests its own parent wrote."""
    found = {
        module_of(path)
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and runs_code_from_data(node)
    }
    assert found <= {"anigifs.media.sandbox_child"}


@pytest.mark.parametrize("path", [path for path in FILES if part_of(module_of(path)) == "cli"],
                         ids=module_of)  # fmt: skip
def test_a_command_imports_its_own_needs_when_it_runs(path):
    """Top-level imports of `cli` are typer, the standard library, core and cli."""
    for node in ast.parse(path.read_text("utf-8")).body:
        for name in imports(ast.unparse(node), "anigifs.cli") if _is_import(node) else ():
            top = name.split(".")[0]
            assert top in sys.stdlib_module_names | {"typer", "anigifs"}, name
            if top == "anigifs" and name != "anigifs":
                assert part_of(name) in ("core", "cli"), name


def _is_import(node: ast.stmt) -> bool:
    return isinstance(node, (ast.Import, ast.ImportFrom))


def loaded_by(script: str) -> set[str]:
    """The modules that a fresh Python holds after `script`."""
    told = subprocess.run(
        [sys.executable, "-c", f"{script}\nimport sys; print('\\n'.join(sys.modules))"],
        check=True,
        capture_output=True,
        text=True,
    )
    return set(told.stdout.splitlines())


def test_importing_the_package_loads_nothing_else():
    loaded = loaded_by("import anigifs")
    assert {name for name in loaded if name.startswith("anigifs")} == {"anigifs"}
    assert not {name for name in loaded if is_of(name, TORCH | {"numpy", "pydantic", "typer"})}


def test_help_loads_neither_torch_nor_what_the_commands_need():
    """Only core and cli of ours; of others', what typer itself needs."""
    script = (
        "from anigifs.cli.main import main\n"
        "try: main(['--help'])\n"
        "except SystemExit as end: assert not end.code, end.code"
    )
    loaded = {name for name in loaded_by(script) if re.fullmatch(r"[\w.]+", name)}
    heavy = TORCH | {"numpy", "numba", "av", "cv2", "matplotlib", "pyarrow", "PIL", "pydantic"}
    assert not {name for name in loaded if is_of(name, heavy)}
    ours = {part_of(name) for name in loaded if name.startswith("anigifs.")}
    assert ours <= {"core", "cli"}


def test_the_base_install_needs_no_torch():
    """Every module outside the training half imports where torch is not installed."""
    half = range(LEVEL["study"], LEVEL["loader"] + 1)
    modules = [module_of(path) for path in FILES if LEVEL[part_of(module_of(path))] not in half]
    kept = [module for module in modules if not module.endswith(("__main__", "__init__"))]
    banned = "; ".join(f"sys.modules[{name!r}] = None" for name in sorted(TORCH))
    loaded_by(f"import sys; {banned}\nfrom importlib import import_module\n"
              f"for name in {kept}: import_module(name)")  # fmt: skip


def test_functions_and_files_stay_small():
    """Nine in ten function bodies within 20 lines; no file beyond 400."""
    bodies = []
    for path in FILES:
        text = path.read_text("utf-8")
        assert len(text.splitlines()) <= 400, path
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                body = node.body[1:] if ast.get_docstring(node) and node.body[1:] else node.body
                bodies.append(body[-1].end_lineno - body[0].lineno + 1)
    assert statistics.quantiles(bodies, n=10)[-1] <= 20
