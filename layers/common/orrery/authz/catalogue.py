"""What a custom role can be made of: the permissions in groups, and templates to begin from."""

import itertools
import re
from dataclasses import dataclass

from orrery.authz.permissions import Permission
from orrery.authz.policy import Role, permissions


@dataclass(frozen=True)
class Template:
    """A custom role that is ready to be copied."""

    name: str
    description: str
    like: Role

    @property
    def scope_type(self) -> str:
        """What it is granted on: `DEPLOYMENT` or `DAG`."""
        return "DAG" if self.like.noun == "DAG" else "DEPLOYMENT"

    @property
    def permissions(self) -> list[Permission]:
        """What the role it is like may do with a Deployment, or with a DAG."""
        return sorted(each for each in permissions(self.like) if each in grantable(self.scope_type))


TEMPLATES = (
    Template("Deployment Viewer", "Looks at a Deployment and its DAGs.", Role.WORKSPACE_MEMBER),
    Template("Deployment Author", "Deploys code to a Deployment and runs its DAGs.", Role.WORKSPACE_AUTHOR),
    Template("Deployment Operator", "Changes everything about a Deployment except who may use it.", Role.WORKSPACE_OPERATOR),
    Template("DAG Viewer", "Looks at a DAG, its runs and its logs.", Role.DAG_VIEWER),
    Template("DAG Author", "Looks at a DAG, runs, changes and deletes it.", Role.DAG_AUTHOR),
)


@dataclass(frozen=True)
class Group:
    """The permissions on one kind of thing: `scope` and an action, joined by a dot, are a permission's name."""

    scope: str
    actions: tuple[str, ...]

    @property
    def name(self) -> str:
        """Such as `deployment airflow dag run`."""
        return re.sub(r"(?<=[a-z])(?=[A-Z])|\.", " ", self.scope).lower()


def groups(noun: str = "") -> list[Group]:
    """All groups of one noun, or of every noun that people have to do with."""
    kept = sorted(tuple(each.rsplit(".", 1)) for each in Permission if noun == each.noun or (not noun and each.noun != "cluster"))
    return [Group(scope, tuple(action for _, action in each)) for scope, each in itertools.groupby(kept, key=lambda pair: pair[0])]


def grantable(scope_type: str) -> frozenset[str]:
    """The names of the permissions that a custom role of the scope `DEPLOYMENT` or `DAG` may hold."""
    return frozenset(each.value for each in Permission if each.noun == scope_type.lower())
