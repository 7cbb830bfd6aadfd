"""`orrery local`: the project's own Airflow on this machine, without Docker."""

from orrery_cli.shared import group

COMMANDS = {
    "start": "local_life:start | Start Airflow, and say where it is and how to sign in.",
    "stop": "local_life:stop | Stop Airflow and everything it started.",
    "restart": "local_life:restart | Stop Airflow and start it anew.",
    "status": "local_view:status | Say what runs, how it is, where it is and how to sign in.",
    "logs": "local_view:logs | Print what the components wrote.",
    "run": "local_run:run | Run one DAG to its end.",
    "shell": "local_run:shell | Open a shell in Airflow's environment, or run a command there.",
    "reset": "local_life:reset | Stop Airflow and remove all there is of it.",
}


@group("local", names=COMMANDS)
def local() -> None:
    """Run the project's Airflow on this machine, without Docker.

    The Airflow is the one of the project's runtime, with the packages that a Deployment has, in an environment that uv builds. It
    is given the connections and variables of the Workspace. All of it lies in `.orrery/` in the project.

    \b
    Examples:
      orrery local start
      orrery local run example --conf '{"days": 3}'
      orrery local logs scheduler --follow
      orrery local stop
    """
