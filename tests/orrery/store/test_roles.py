"""Custom roles in the table: of two writers one wins, and a lost write takes nobody's name."""

import pytest
from orrery import names
from orrery.errors import StaleGeneration
from orrery.model.role import CustomRole
from orrery.store import roles

from tests.support.builders import BORN, SOMEBODY

pytestmark = pytest.mark.usefixtures("empty_table")


def a_role() -> CustomRole:
    return CustomRole(names.new_id(), "organization", "ci", ("deployment.get",), BORN, SOMEBODY, BORN, SOMEBODY)


def renamed(role: CustomRole, name: str) -> CustomRole:
    return role.update(by=SOMEBODY, now=BORN, name=name)


def test_of_two_updates_one_wins_and_the_other_takes_no_name() -> None:
    role = a_role()
    roles.create(role)
    roles.save(renamed(role, "first"), before=role)

    with pytest.raises(StaleGeneration, match="role `second` has changed"):
        roles.save(renamed(role, "second"), before=role)

    assert roles.find("organization", "second") is None
    assert roles.find("organization", "ci") is None
    assert roles.find("organization", "first") == roles.find("organization", role.id) == renamed(role, "first")


def test_a_role_that_has_changed_is_not_deleted_by_whoever_read_it_before() -> None:
    role = a_role()
    roles.create(role)
    roles.save(renamed(role, "first"), before=role)

    with pytest.raises(StaleGeneration):
        roles.delete(role)

    assert roles.find("organization", "first") is not None


def test_a_role_that_was_deleted_meanwhile_does_not_come_back() -> None:
    role = a_role()
    roles.create(role)
    roles.delete(role)

    with pytest.raises(StaleGeneration):
        roles.save(renamed(role, "first"), before=role)

    assert roles.find("organization", role.id) is None
    assert roles.find("organization", "ci") is None


def test_another_organizations_roles_are_never_found() -> None:
    role = a_role()
    roles.create(role)

    assert roles.find("another", role.id) is None
    assert roles.find("another", "ci") is None
