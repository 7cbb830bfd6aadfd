"""A Deployment's name is taken within its Workspace, however long it is and in whatever script."""

import pytest
from orrery.errors import Invalid
from orrery.store import deployments

from tests.support.builders import a_deployment
from tests.support.installation import Installation


@pytest.mark.parametrize("name", ["etl", "日" * 500])
def test_a_name_is_taken_once_in_a_workspace_and_free_in_another(installation: Installation, name: str) -> None:
    mine, other = installation.workspace("mine"), installation.workspace("other")
    deployments.create(a_deployment(organization_id=installation.organization_id, workspace_id=mine, name=name))

    with pytest.raises(Invalid, match="already a deployment"):
        deployments.create(a_deployment(organization_id=installation.organization_id, workspace_id=mine, name=name))
    deployments.create(a_deployment(organization_id=installation.organization_id, workspace_id=other, name=name))
