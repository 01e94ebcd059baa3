"""Class lists, names that mean the same, and maps between lists."""

from anigifs.core.taxonomy.lists import class_list, known_lists, list_of
from anigifs.core.taxonomy.maps import ClassMap, load_map
from anigifs.core.taxonomy.names import match, normalise, require

__all__ = [
    "ClassMap",
    "class_list",
    "known_lists",
    "list_of",
    "load_map",
    "match",
    "normalise",
    "require",
]
