"""Environment objects as values: fields over fields, whom an object reaches, and when there is something to deliver."""

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st
from orrery.model.environment import Content, EnvironmentObject, Link, ObjectType, Scope, digest, reaching
from orrery.model.subject import Subject, SubjectType

HERE, THERE = "cdeployment000000000001aa", "cdeployment000000000002aa"
WORKSPACE = "cworkspace0000000000001aa"
NOW = datetime(2026, 1, 2, tzinfo=UTC)
EVE = Subject("cuser000000000000000001aa", SubjectType.USER, "Eve")
TYPES = (ObjectType.CONNECTION, ObjectType.AIRFLOW_VARIABLE, ObjectType.ENVIRONMENT_VARIABLE)

few = st.sampled_from(("a", "b"))
contents = st.dictionaries(st.sampled_from(("host", "login", "password")), st.tuples(st.booleans(), few)).map(
    lambda held: Content(
        {name: value for name, (secret, value) in held.items() if not secret},
        {name: value for name, (secret, value) in held.items() if secret},
    )
)
places = st.lists(st.sampled_from((HERE, THERE)), unique=True)


@st.composite
def objects(draw: st.DrawFn, scope: st.SearchStrategy[Scope]) -> EnvironmentObject:
    of = draw(scope)
    made = EnvironmentObject(
        "cobject0000000000000001aa", "corganization0000000001aa", WORKSPACE, draw(st.sampled_from(TYPES)), draw(few), of,
        WORKSPACE if of is Scope.WORKSPACE else draw(st.sampled_from((HERE, THERE))), draw(contents),
        created_at=NOW, created_by=EVE, updated_at=NOW, updated_by=EVE,
    )  # fmt: skip
    if of is Scope.DEPLOYMENT:
        return made
    links = tuple(Link(each, draw(contents)) for each in draw(places))
    return replace(made, auto_link=draw(st.booleans()), links=links, excluded=tuple(draw(places)))


def _slot(found: EnvironmentObject) -> tuple[str, ObjectType, str]:
    return found.scope_entity_id, found.type, found.key


installed = st.lists(objects(st.sampled_from(Scope)), max_size=5, unique_by=_slot)
of_a_workspace = objects(st.just(Scope.WORKSPACE))


@st.composite
def changed(draw: st.DrawFn, before: list[EnvironmentObject]) -> list[EnvironmentObject]:
    """The same objects in another order, some of them gone or changed in one respect, which may say nothing new."""
    after = [each for each in draw(st.permutations(before)) if draw(st.integers(0, 4))]
    return [draw(st.sampled_from(_variants(each, draw(contents)))) for each in after]


def _variants(found: EnvironmentObject, other: Content) -> list[EnvironmentObject]:
    open, sealed = (dict(reversed(fields.items())) for fields in (found.content.open, found.content.sealed))
    described = found.update(by=EVE, now=NOW, description="says nothing new", content=Content(open, sealed))
    anywhere = [found, described, replace(found, content=other), replace(found, key=f"another {found.key}")]
    if found.scope is Scope.DEPLOYMENT:
        return anywhere
    elsewhere = replace(found, links=(*(each for each in found.links if each.deployment_id != THERE), Link(THERE, other)))
    return [*anywhere, elsewhere, found.exclude(HERE, by=EVE, now=NOW)]


def _has(installed: list[EnvironmentObject], deployment_id: str) -> dict[tuple[ObjectType, str], Content]:
    return {key: each.content_for(deployment_id) for key, each in reaching(installed, deployment_id).items()}


@given(contents, contents, contents)
def test_it_does_not_matter_which_fields_are_laid_over_others_first(top: Content, middle: Content, bottom: Content) -> None:
    assert top.over(middle).over(bottom) == top.over(middle.over(bottom))


@given(contents)
def test_nothing_over_fields_or_under_them_changes_none(content: Content) -> None:
    assert Content().over(content) == content == content.over(Content())
    assert content.over(content) == content


@given(contents, contents)
def test_a_field_is_open_or_sealed_and_never_both(top: Content, bottom: Content) -> None:
    both = top.over(bottom)
    assert not both.open.keys() & both.sealed.keys()
    assert set(both.fields) == {*top.fields, *bottom.fields}


@given(contents, contents)
def test_fields_that_are_taken_away_show_what_is_below(top: Content, bottom: Content) -> None:
    assert top.without(top.fields).over(bottom) == bottom
    assert top.over(bottom).without(top.fields).fields == [each for each in bottom.fields if each not in top.fields]


@given(of_a_workspace, contents)
def test_a_link_says_otherwise_in_its_deployment_and_nowhere_else(found: EnvironmentObject, overrides: Content) -> None:
    linked = replace(found, links=(Link(HERE, overrides),))
    assert linked.content_for(HERE) == overrides.over(found.content)
    assert linked.content_for(THERE) == found.content


@given(of_a_workspace)
def test_a_deployment_that_is_left_out_is_not_reached_by_any_way_and_no_other_is_touched(found: EnvironmentObject) -> None:
    without = found.exclude(HERE, by=EVE, now=NOW)
    assert not without.reaches(HERE)
    assert (without.reaches(THERE), without.content_for(THERE)) == (found.reaches(THERE), found.content_for(THERE))


@given(of_a_workspace)
def test_leaving_a_deployment_out_twice_is_leaving_it_out_once(found: EnvironmentObject) -> None:
    once = found.exclude(HERE, by=EVE, now=NOW)
    assert replace(once.exclude(HERE, by=EVE, now=NOW), generation=once.generation) == once


@given(installed)
def test_a_deployments_own_object_comes_before_its_workspaces_whatever_the_order(found: list[EnvironmentObject]) -> None:
    has = reaching(found, HERE)
    own = {(each.type, each.key): each for each in found if each.scope_entity_id == HERE}
    assert {key: has[key] for key in own} == own
    assert reaching(reversed(found), HERE) == has


@given(installed)
def test_nobody_has_what_belongs_to_another_deployment(found: list[EnvironmentObject]) -> None:
    assert THERE not in {each.scope_entity_id for each in reaching(found, HERE).values()}


@given(st.data(), installed)
def test_there_is_something_to_deliver_exactly_when_what_a_deployment_has_is_different(
    data: st.DataObject, before: list[EnvironmentObject]
) -> None:
    after = data.draw(changed(before))
    for deployment in (HERE, THERE):
        same = digest(reaching(before, deployment), deployment) == digest(reaching(after, deployment), deployment)
        assert same is (_has(before, deployment) == _has(after, deployment))


@given(installed)
def test_a_deployment_that_has_nothing_is_the_only_one_without_a_digest(found: list[EnvironmentObject]) -> None:
    has = reaching(found, HERE)
    assert bool(digest(has, HERE)) is bool(has)
