"""`orrery deploy`: code for a Deployment, as an archive that becomes visible without a restart."""

import time
from typing import TYPE_CHECKING, Any

import click

from orrery_cli import archive, blob, lookup, names, project, waiting
from orrery_cli.failures import Failure, near
from orrery_cli.output import note
from orrery_cli.session import Session, current
from orrery_cli.shared import Group
from orrery_cli.waiting import Item

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

COLUMNS = ("id", "status", "type", "createdAt", "dagTarballVersion", "rollbackFromId", "description")
WAIT = click.option("--wait", is_flag=True, help="Return when the Deployment runs this version, with progress on stderr.")
TIMEOUT = click.option("--timeout", type=click.IntRange(min=1), default=300, show_default=True, help="The longest wait in seconds.")
DEPLOYMENT = click.option(
    "--deployment",
    metavar="NAME|ID",
    help="The Deployment; the project's own, or the only one, when left out.",
    shell_complete=names.deployments,
)


class Deploy(Group):
    """`deploy etl --dags` and `deploy list` under one word: what is no subcommand is the name of a Deployment."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        word = self._first_word(args)
        typing = ctx.resilient_parsing and word is None
        if word not in self.commands and not {"-h", "--help"} & set(args) and not typing:
            args = ["push", *args]
        return super().parse_args(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> "list[CompletionItem]":
        return [*super().shell_complete(ctx, incomplete), *push.params[0].shell_complete(ctx, incomplete)]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        push.format_options(ctx, formatter)
        self.format_commands(ctx, formatter)

    @staticmethod
    def _first_word(args: list[str]) -> str | None:
        words = iter(args)
        for word in words:
            if word in ("-o", "--output", "--context", "--organization", "-w", "--workspace"):
                next(words, None)
            elif not word.startswith("-"):
                return word
        return None


@click.group("deploy", cls=Deploy, subcommand_metavar="[DEPLOYMENT] --dags | COMMAND ...")
def deploy() -> None:
    """Send the project's dags/ folder to a Deployment.

    Tasks that run keep the code they started with; new runs use the new code within seconds and nothing is restarted.
    Without DEPLOYMENT it is the `deployment` of [tool.orrery] in pyproject.toml, or the only one there is.

    \b
    Examples:
      orrery deploy etl --dags
      orrery deploy etl --dags --path examples/hello --description "first" --wait
      orrery deploy list --deployment etl
      orrery deploy rollback cm1x2y3z4a5b6c7d8e9f0g1h2 --deployment etl --yes
    """


@deploy.command("push", hidden=True)
@click.argument("name", metavar="[DEPLOYMENT]", required=False, shell_complete=names.deployments)
@click.option("--dags", "dags_only", is_flag=True, help="Send the DAGs only; the image stays.")
@click.option("--path", type=click.Path(exists=True, file_okay=False), help="The project's directory; looked for upwards from here.")
@click.option("--description", default="", help="What changed.")
@WAIT
@TIMEOUT
def push(name: str | None, dags_only: bool, path: str | None, **asked: Any) -> None:
    """Send the project's dags/ folder to a Deployment."""
    session = current()
    if not dags_only:
        hint = near(name or "", [each for each, verb in deploy.commands.items() if not verb.hidden])
        raise Failure(f"image deploys are not served yet; send the DAGs alone with `--dags`{hint}", kind="usage")
    found = project.find(path)
    target = lookup.deployment(session, name or found.deployment)
    content, files = archive.pack(found.dags)
    if not files:
        session.confirm(f"`{found.dags}` is empty: deploying it removes all DAGs of `{target['name']}`")
    note(f"Sending {files} files, {len(content) / 1024:.0f} KiB, to `{target['name']}`")
    made = session.api.post(_path(session, target), {"type": "DAG_ONLY", "description": asked["description"]})
    version = blob.put(made["dagsUploadUrl"], content, progress=_progress())
    done = session.api.post(f"{_path(session, target)}/{made['id']}/finalize", {"dagTarballVersion": version})
    _finish(session, target, done, wait=asked["wait"], timeout=asked["timeout"])


@deploy.command("list")
@click.argument("name", metavar="[DEPLOYMENT]", required=False, shell_complete=names.deployments)
@DEPLOYMENT
def list_deploys(name: str | None, deployment: str | None) -> None:
    """The deploys of a Deployment, newest first."""
    session = current()
    target = _target(session, name or deployment)
    session.show({"deploys": session.api.items(_path(session, target), "deploys")}, COLUMNS)


@deploy.command("get")
@click.argument("deploy_id")
@DEPLOYMENT
def get(deploy_id: str, deployment: str | None) -> None:
    """One deploy, with all its fields."""
    session = current()
    target = _target(session, deployment)
    session.show(session.api.get(f"{_path(session, target)}/{lookup.segment(deploy_id)}"))


@deploy.command("update")
@click.argument("deploy_id")
@DEPLOYMENT
@click.option("--description", required=True, help="What changed.")
def update(deploy_id: str, deployment: str | None, description: str) -> None:
    """Say afterwards what a deploy changed.

    \b
    Examples:
      orrery deploy update cm1x2y3z4a5b6c7d8e9f0g1h2 --deployment etl --description "new DAG for invoices"
    """
    session = current()
    path = f"{_path(session, _target(session, deployment))}/{lookup.segment(deploy_id)}"
    session.show(session.api.post(path, {"description": description}), COLUMNS)


@deploy.command("rollback")
@click.argument("deploy_id")
@DEPLOYMENT
@click.option("--description", default="", help="Why.")
@WAIT
@TIMEOUT
def rollback(deploy_id: str, deployment: str | None, description: str, **waits: int) -> None:
    """Make the code of an earlier deploy the current one again; it is a new deploy that points back."""
    session = current()
    target = _target(session, deployment)
    session.confirm(f"roll `{target['name']}` back to the deploy `{deploy_id}`")
    done = session.api.post(f"{_path(session, target)}/{lookup.segment(deploy_id)}/rollback", {"description": description})
    _finish(session, target, done, wait=bool(waits["wait"]), timeout=waits["timeout"])


def _target(session: Session, named: str | None) -> Item:
    if named is None:
        try:
            named = project.find(None).deployment
        except Failure as failure:
            if failure.kind != "no_project":
                raise
    return lookup.deployment(session, named)


def _finish(session: Session, target: Item, done: Item, *, wait: bool, timeout: int) -> None:
    if wait:
        version = done.get("dagTarballVersion")
        waiting.until(session, target, done=lambda now: _runs(now, version), timeout=timeout)
    session.show(done, COLUMNS)


def _runs(deployment: Item, version: str | None) -> bool:
    return waiting.settled(deployment) and deployment.get("dagTarballVersion") == version


def _progress() -> Any:
    last = time.monotonic()

    def say(done: int, of: int) -> None:
        nonlocal last
        if done == of or time.monotonic() - last > 1:
            last = time.monotonic()
            note(f"  {done} of {of} MiB")

    return say


def _path(session: Session, target: Item) -> str:
    return f"{session.root}/deployments/{target['id']}/deploys"
