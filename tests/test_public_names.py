"""The names that people write in their code and configs: taking one away is a breaking change.

A new name is added here on purpose; a name that goes needs a line in the changelog.
"""

from importlib import import_module

import pytest

EXPORTS = {
    "anigifs.collect.providers": ["PROVIDERS", "Provider", "ProviderConfig", "build_provider"],
    "anigifs.core.taxonomy": [
        "ClassMap", "class_list", "known_lists", "list_of", "load_map", "match", "normalise",
        "require",
    ],
    "anigifs.datasets": ["SOURCES", "open_clips", "parse"],
    "anigifs.datasets.release": [
        "Manifest", "ReleaseWriter", "is_release", "read_manifest", "read_release", "require_whole",
        "verify_release",
    ],
}  # fmt: skip

DEFINED = {
    "anigifs.core.config": ["Config", "build", "load", "read_toml"],
    "anigifs.core.errors": [
        "AnigifsError", "ConfigError", "DataAbsent", "InputError", "IntegrityError",
        "LimitExceeded", "MediaError", "NotDecodable", "ProtocolError", "SourceError",
        "TrainingError", "UnknownName", "shorten", "suggest",
    ],
    "anigifs.core.files": ["atomic", "sha256", "write_bytes", "write_json", "write_text"],
    "anigifs.core.progress": ["track"],
    "anigifs.core.records": ["Box", "Clip", "ClipSet", "Domain", "Problem"],
    "anigifs.core.registry": ["Registry"],
    "anigifs.core.runs": ["RunFolder", "find_runs"],
    "anigifs.core.seeds": ["derive", "stream"],
}  # fmt: skip

REGISTERED = {
    "anigifs.collect.providers:PROVIDERS": [
        "bing", "commons", "gifcities", "giphy", "klipy", "local", "openverse",
    ],
    "anigifs.datasets:SOURCES": [
        "ava-kinetics", "folder", "hac", "kinetics", "release", "ucf-hmdb",
    ],
}  # fmt: skip

FIELDS = {
    "Box": ["time_ms", "x1", "y1", "x2", "y2"],
    "Clip": ["id", "path", "domain", "label", "split", "group", "span_s", "boxes"],
    "ClipSet": ["name", "classes", "clips", "problems", "simulated"],
    "Problem": ["item", "reason"],
}


@pytest.mark.parametrize("module", list(EXPORTS))
def test_a_package_exports_what_it_says(module):
    assert sorted(import_module(module).__all__) == EXPORTS[module]


@pytest.mark.parametrize("module", list(DEFINED))
def test_a_module_defines_these_names_and_no_others(module):
    own = {
        name
        for name, thing in vars(import_module(module)).items()
        if not name.startswith("_") and getattr(thing, "__module__", None) == module
        and not type(thing).__name__.endswith("TypeVar")
    }  # fmt: skip
    assert sorted(own) == DEFINED[module]


@pytest.mark.parametrize("table", list(REGISTERED))
def test_a_registry_holds_these_names(table):
    module, _, name = table.partition(":")
    assert sorted(getattr(import_module(module), name).builtin) == REGISTERED[table]


@pytest.mark.parametrize("record", list(FIELDS))
def test_a_record_has_these_fields_in_this_order(record):
    kind = getattr(import_module("anigifs.core.records"), record)
    assert list(kind.__dataclass_fields__) == FIELDS[record]
