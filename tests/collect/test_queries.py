"""Queries: classes times templates."""

import pytest

from anigifs.collect.queries import TEMPLATES, Query, make_queries
from anigifs.core.errors import InputError
from anigifs.core.taxonomy import class_list


def test_the_papers_three_templates_make_1800_queries_of_kinetics_600():
    """Ani-GIFs paper, section 3.1."""
    queries = make_queries(class_list("kinetics-600"))
    assert len(queries) == 1800
    assert queries[0] == Query("animated abseiling gif", "abseiling", "animated {class} gif")
    assert {query.text.split()[0] for query in queries} == {"animated", "cartoon", "graphics"}


def test_every_class_is_asked_for_before_any_is_asked_twice():
    queries = make_queries(["a", "b"], TEMPLATES)
    assert [query.label for query in queries] == ["a", "b"] * 3


def test_repeated_and_empty_names_are_asked_for_once():
    assert [q.text for q in make_queries([" a ", "a", "", "b"], ["x {class}"])] == ["x a", "x b"]


def test_some_classes_alone_can_be_asked_for():
    assert [q.label for q in make_queries(["a", "b", "c"], ["{class}"], only=["b"])] == ["b"]


@pytest.mark.parametrize(
    ("classes", "templates", "only", "told"),
    [
        (["a"], ["animated gif"], [], "animated gif"),
        (["a"], ["{class} {class}"], [], "once"),
        ([], ["{class}"], [], "empty"),
        (["push up"], ["{class}"], ["pushup"], "Did you mean 'push up'"),
    ],
)
def test_what_makes_no_query_is_refused_with_a_remedy(classes, templates, only, told):
    with pytest.raises(InputError, match=told):
        make_queries(classes, templates, only)
