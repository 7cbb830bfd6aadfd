"""The one table: its keys, its index, and beside each key the access patterns it serves.

    pk                  sk                    what, and who reads it
    ORG#<org>           ORG                   an Organization: get
    ORGS                ORG#<org>             one pointer per Organization: first run, the platform's own list
    ORG#<org>           USER#<user>           a member, or somebody invited: get, list; of somebody invited it expires
    ORG#<org>           EMAIL#<address>       claim: a user has this address; of somebody invited it expires
    ORG#<org>           INVITE#<invite>       an open invitation: get, list; expires
    EMAIL#<address>     INVITE#<invite>       the same invitation for whoever has the address: list; expires
    EMAIL#<address>     MEMBER#<org>          that a user of that Organization has the address: whom somebody can sign in as
    EMAIL#<address>     SESSION#<session>     that a session is theirs: logging out everywhere; expires
    SESSION#<session>   SESSION               a sign-in that is kept alive: read beside the user who asks; expires
    REFRESH#<sha256>    REFRESH               which session a refresh token was given out for, used up or not; expires
    STARTS#<place>      <minute>              how many sign-ins began there in this minute (`used`): conditional; expires
    SIGNIN#<sha256>     FLOW | IDENTIFIED     somebody who is signing in: taken once; expires
    CODE#<sha256>       CODE                  what an authorization code means: used once; expires
    DEVICE#<sha256>     DEVICE                a device that waits for somebody to sign in: get; expires
    USERCODE#<code>     DEVICE                claim: the code that they type is taken, by which device; expires
    SIGNINGKEYS         KEY#<period>          a month's signing key, the private part sealed: get; expires
    INVITATION#<sha256> INVITATION            what an accept token opens: get; expires
    OUTBOX              INVITE#<invite>       an invitation to be mailed: the sweeper's list; expires
    ORG#<org>           IPRANGES              from where users and tokens may come: read beside the token
    ORG#<org>           TEAM#<team>           a team with its roles: get, list; read beside a member who asks
    ORG#<org>           TEAMNAME#<name>       claim: a team's name is taken
    ORG#<org>           IN#<team>#<user>      one membership: list a team's members; the user's row names their teams
    ORG#<org>           WS#<workspace>        a Workspace: get; list by prefix; `deployments` counts what it holds
    ORG#<org>           WSNAME#<name>         claim: a Workspace's name is taken
    ORG#<org>           DEP#<deployment>      a Deployment's desired state: get; list by prefix
    ORG#<org>           DEPNAME#<ws>#<hash>   claim: a Deployment's name is taken in its Workspace
    ORG#<org>           TOKEN#<token>         an API token's description: get; list by prefix
    ORG#<org>           ROLE#<role>           a custom role: get, with its holder's principal in a batch; list by prefix
    ORG#<org>           ROLENAME#<name>       claim: a custom role's name is taken; a grant may name it
    HASH#<sha256>       PRINCIPAL             who a token stands for, with grants: one read authenticates; `used` notes its last use
    ORG#<org>           ENVOBJECT#<object>    where an environment object lies: get by id
    ENV#<place>         OBJECT#<object>       an environment object of a Workspace or a Deployment: list by place
    ENV#<place>         KEY#<type>#<key>      claim: the object's key is taken in its place
    ENV#<place>         UNDELIVERED           a change that has not reached every Deployment yet: the sweeper's
    NAMESPACE#<name>    NAMESPACE             claim: a namespace is taken, over all Organizations
    DEP#<deployment>    OBSERVED              what the agent last saw: written on change only
    DEP#<deployment>    GOOD                  the last generation that ran well, whole: what an update falls back to
    DEP#<deployment>    RELEASE               which code is live: the pointer and its sequence
    DEP#<deployment>    ENVIRONMENT           what its data plane was last given of its environment objects
    DEP#<deployment>    DEPLOY#<deploy>       a deploy: get; list newest first (ids sort by age)
    DEP#<deployment>    AGENTTOKEN#<token>    an agent token's description: get; list by prefix
    HANDOVER#<sha256>   HANDOVER              a one-time sign-in link: taken once; expires
    CLUSTERS            CLUSTER#<cluster>     a standard cluster: list; a dedicated one lies under its Organization
    ORG#<org>           CLUSTER#<cluster>     a dedicated cluster: get, list
    HEARTBEATS          CLUSTER#<cluster>     when a cluster's agent was last heard, and which shards move: the tick's list; expires
    AUDIT#<org>#<day>#<shard>  <time>#<request>  a record of the audit log: list a day; written once, never changed; expires
    FIRST               RUN                   what the first run made: it makes an installation exactly once
    CLUSTER#<cluster>   SNAPSHOT#<n>#REST     what its Deployments are like at rest: written when many have changed for good
    CLUSTER#<cluster>   SNAPSHOT#<n>#NOW      what differs from that now: written on change only; the hypervisor reads it every ten seconds
    CLUSTER#<cluster>   LEASE#<n>             the newest targets of shard <n> for the agent
    CLUSTER#<cluster>#<n>  DECISIONS#<time>   what one plan of shard <n> decided: list newest first; expires
    CLUSTER#<cluster>   NODES                 how many nodes each pool should have, and which could be emptied: written on change only
    CLUSTER#<cluster>   PLACED#<deployment>   a Deployment that has a namespace here, and whether it was let go: get, count
    CLUSTER#<cluster>   AGENT                 by which token the agent of a registered cluster is known: get
    CLUSTER#<cluster>   REGISTRATION          how a registered cluster is reached and what holds on it: get
    CLUSTER#<cluster>   REMOVALS              when Deployments were let go of late, and what an operator allowed: conditional

    index `open`, sparse: openpk = OPEN#<shard>, opensk = <updated>#<deployment>#<attempt>, on Deployments whose saga is not settled and on
    releases and environments not yet published: what the sweeper reads. And openpk = DUE#<shard>, opensk = <due>#<deployment>#<attempt>, on
    Deployments whose sleep must be looked at, from the time at which it must: what the hypervisor's tick reads, the longest due first.

Writes are conditional on the generation that was read; only desired state has one. Observed state never bumps it.
"""

import functools
from typing import Any, cast

from pynamodb.attributes import BinaryAttribute, JSONAttribute, NumberAttribute, TTLAttribute, UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex
from pynamodb.models import Model

from orrery.settings import settings
from orrery.store.documents import freeze

OPEN_SHARDS = 4
"""Open work is spread over this many index partitions, so that a burst of changes never meets one partition's limit."""


class OpenIndex(GlobalSecondaryIndex["Item"]):  # type: ignore[no-untyped-call]  # pynamodb leaves its metaclass hook untyped
    class Meta:
        index_name = "open"
        projection = AllProjection()

    openpk = UnicodeAttribute(hash_key=True)
    opensk = UnicodeAttribute(range_key=True)


class Item(Model):
    """A row: its keys, the generation its writes are conditional on, and the thing itself as a document."""

    class Meta:
        table_name = "unset"
        region = "us-east-1"

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    generation = NumberAttribute(default=1)
    body: JSONAttribute = JSONAttribute()
    packed = BinaryAttribute(legacy_encoding=False, null=True)
    deployments = NumberAttribute(null=True)
    used = NumberAttribute(null=True)
    expires = TTLAttribute(null=True)
    openpk = UnicodeAttribute(null=True)
    opensk = UnicodeAttribute(null=True)
    open = OpenIndex()


@functools.cache
def table() -> type[Item]:
    """The table of this installation: bound on first use, because a module must import with an empty environment."""

    class Meta:
        table_name = settings().table_name
        region = settings().region or "us-east-1"
        max_retry_attempts = 2
        connect_timeout_seconds = 2
        read_timeout_seconds = 5

    return cast(type[Item], type("BoundItem", (Item,), {"Meta": Meta}))


def item(pk: str, sk: str, value: Any, **attributes: Any) -> Item:
    """A value as a row, at its own generation if it has one."""
    return table()(pk, sk, generation=getattr(value, "generation", 1), body=freeze(value), **attributes)


def claim(pk: str, sk: str, owner: str = "", **attributes: Any) -> Item:
    """A row that says only that a name is taken, and by whom."""
    return table()(pk, sk, body={"owner": owner}, **attributes)
