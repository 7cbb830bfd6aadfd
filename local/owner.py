"""The first Organization, its owner's token and the agent's: made once by the function `first_run`, kept under `.orrery/`.

The command's context `local` acts with the owner's token until somebody signs in there; whoever did stays signed in.
"""

import os
from dataclasses import dataclass, field, replace
from typing import Any

from orrery_cli import settings as cli

from local.invoke import InvokeFailed, invoke
from local.state import Failure, State, write

CONTEXT = "local"


@dataclass(frozen=True)
class Owner:
    organization: str
    cluster: str
    token: str = field(repr=False)


def settle(state: State, url: str, *, reissue: bool = False) -> Owner:
    """Invokes `first_run` as an operator would with `aws lambda invoke`; whichever token is lost is issued anew."""
    os.environ["ORRERY_HOME"] = str(state.cli)  # the CLI's own files of this installation, never the user's
    made = _first_run(state, {})
    if agent_token := made.get("agentToken") or (
        None if state.agent_token.exists() else _first_run(state, {"reissue": "agent"})["agentToken"]
    ):
        write(state.agent_token, agent_token)
    kept = state.owner_token.read_text() if state.owner_token.exists() and not reissue else None
    token = made.get("token") or kept or _first_run(state, {"reissue": "owner"})["token"]
    write(state.owner_token, token)
    if not cli.stored_sign_in(CONTEXT):
        cli.store_token(CONTEXT, token)
    known = cli.load()
    before = known.contexts.get(CONTEXT, cli.Context(CONTEXT))
    cli.save(known.with_context(replace(before, api_url=url, organization=made["organizationId"])))
    return Owner(made["organizationId"], made["clusterId"], token)


def work_in(workspace: str) -> None:
    """The Workspace that the command means when none is named."""
    known = cli.load()
    cli.save(known.with_context(replace(known.contexts[CONTEXT], workspace=workspace)))


def _first_run(state: State, event: dict[str, str]) -> dict[str, Any]:
    try:
        answer: dict[str, Any] = invoke(state.admin_socket, "FirstRun", event)
    except (InvokeFailed, OSError) as error:
        raise Failure(f"the first run failed: {error}") from error
    return answer
