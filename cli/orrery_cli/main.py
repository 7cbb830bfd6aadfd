"""The root of the command tree, and how a run ends: a document on stdout, or one failure on stderr and an exit code."""

import json
import os
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

import click

from orrery_cli import __version__
from orrery_cli.failures import FAILED, INTERRUPTED, USAGE, Failure
from orrery_cli.session import FORMATS, Session
from orrery_cli.shared import Group

COMMANDS = {
    "api": "api:api | Call any operation of the API.",
    "check": "check:check | Find what is wrong with the project's DAGs.",
    "cluster": "cluster:cluster | See the clusters that Deployments run on.",
    "completion": "completion:completion | Complete commands and names in bash, zsh and fish.",
    "context": "context:context | Choose the control plane and where to work in it.",
    "deploy": "deploy:deploy | Send DAGs to a Deployment, see and undo deploys.",
    "deployment": "deployment:deployment | Make, change, watch and remove Deployments.",
    "env": "env:env | Keep connections and variables for Deployments.",
    "init": "init:init | Begin a project.",
    "local": "local:local | Run the project's Airflow on this machine, without Docker.",
    "login": "login:login | Sign in, or remember an API token.",
    "logout": "login:logout | Sign out, or forget the API token.",
    "organization": "organization:organization | See and change Organizations.",
    "pytest": "check:pytest | Run the project's tests in its Airflow's environment.",
    "role": "role:role | Make roles of your own, and see what they can be made of.",
    "team": "team:team | Make teams, fill them and say what they may do.",
    "token": "token:token | Make, rotate and remove API tokens.",
    "user": "user:user | See members, invite and remove them, and give and take their roles.",
    "whoami": "login:whoami | Say who the token is and where it works.",
    "workspace": "workspace:workspace | Make, change and remove Workspaces.",
}
OLDER = {"dev": "dev:dev"}
"""Spellings that work and that no list shows."""


class Root(Group):
    """Ends every run by the contract, under a terminal, a pipe or a test runner alike."""

    def main(self, args: Sequence[str] | None = None, prog_name: str | None = None, **rest: Any) -> NoReturn:  # type: ignore[override]
        words = list(sys.argv[1:] if args is None else args)
        session = Session(output=_wanted(words))
        rest.update(standalone_mode=False, obj=session)
        try:
            result = super().main(words, prog_name or "orrery", **rest)
            sys.exit(result if isinstance(result, int) else 0)
        except Failure as failure:
            _fail(failure, session)
        except click.exceptions.NoArgsIsHelpError as error:
            # asking for nothing is answered with the help, but it is no document and no success
            click.echo(error.format_message(), err=True)
            sys.exit(USAGE)
        except click.UsageError as error:
            _fail(Failure(_usage(error), kind="usage"), session)
        except click.ClickException as error:
            _fail(Failure(error.format_message(), kind="usage"), session)
        except (KeyboardInterrupt, EOFError, click.Abort):
            click.echo("Interrupted", err=True)
            sys.exit(INTERRUPTED)
        except BrokenPipeError:
            # whoever read the document has left; python would complain once more when it flushes at exit
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(FAILED)


@click.group(
    "orrery",
    cls=Root,
    names=COMMANDS,
    unlisted=OLDER,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
@click.version_option(__version__, prog_name="orrery")
def cli() -> None:
    """The client of an Orrery control plane: managed Apache Airflow in your own account.

    \b
    First steps:
      orrery init etl && cd etl && orrery local start   # a project, and its Airflow on this machine
      orrery login                                  # opens a browser; --device, --token
      orrery deployment create etl --queue heavy:min=0,max=4 --wait
      orrery deploy etl --dags --path examples/hello
      orrery deployment open etl                    # a one-time link to Airflow

    \b
    The environment: ORRERY_API_TOKEN, ORRERY_API_URL, ORRERY_ORGANIZATION, ORRERY_WORKSPACE,
    ORRERY_CONTEXT, ORRERY_OUTPUT (json, yaml, table), ORRERY_HOME (settings), NO_COLOR.

    \b
    Scripts: `-o json` prints one document on stdout and nothing else; lists are one object with a
    named key. A failure is {"error", "code", "kind", "requestId"} on stderr. Exit codes: 0 done,
    1 failed, 2 wrong usage, 130 interrupted.
    """


def main() -> None:
    """The console script."""
    cli()


def _fail(failure: Failure, session: Session) -> NoReturn:
    text = failure.text() if session.output == "table" else json.dumps(failure.document(), ensure_ascii=False)
    click.echo(text, err=True)
    sys.exit(failure.exit_code)


def _usage(error: click.UsageError) -> str:
    message = error.format_message().rstrip(".")
    message = message[:1].lower() + message[1:]
    return f"{message}; see `{error.ctx.command_path} --help`" if error.ctx else message


def _wanted(words: Sequence[str]) -> Any:
    """The output that was asked for, known before parsing so that a parse error has the right form too."""
    wanted = os.environ.get("ORRERY_OUTPUT", "table")
    for word, following in zip(words, [*words[1:], ""], strict=False):
        if word in ("-o", "--output"):
            wanted = following
        elif word.startswith("--output="):
            wanted = word.removeprefix("--output=")
        elif word.startswith("-o") and len(word) > 2:
            wanted = word[2:]
    return wanted if wanted in FORMATS else "table"
