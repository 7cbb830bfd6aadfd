#!/bin/sh
# Makes .venv from uv.lock: finds a Python that every user of the machine may run, fetches uv when there is none.
# Usage: local/bootstrap.sh run|dev   (what `make up` needs, or what developing needs too)
set -eu
cd "$(dirname "$0")/.."
state=.orrery
case "${1:-run}" in
dev) groups="" ;;
*) groups="--no-default-groups --group local --inexact" ;;
esac

fail() {
    echo "make: $*" >&2
    exit 1
}

new_enough() {
    command -v "$1" >/dev/null 2>&1 && "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

# Root's Airflow runs as users without rights, who can enter /usr but perhaps not the home where root's own Python lies.
find_python() {
    if [ "$(id -u)" = 0 ]; then names="/usr/bin/python3 /usr/bin/python3.13 /usr/bin/python3.12 /usr/bin/python3.11 /usr/local/bin/python3"
    else names="python3 python3.13 python3.12 python3.11 /usr/bin/python3"; fi
    for name in $names; do
        if new_enough "$name"; then
            command -v "$name"
            return
        fi
    done
}

apt() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 1
    echo "Installing $* ..."
    { apt-get install -qq -y --no-install-recommends "$@" || { apt-get update -qq && apt-get install -qq -y --no-install-recommends "$@"; }; } >/dev/null 2>&1
}

python=$(find_python)
if [ -z "$python" ]; then
    apt python3 python3-pip || true
    python=$(find_python)
fi

uv=$(command -v uv || echo "$state/uv/bin/uv")
if ! [ -x "$uv" ]; then
    [ -n "$python" ] || fail "Python 3.11 or later is missing: install python3, or uv (https://docs.astral.sh/uv), which brings one"
    "$python" -m pip --version >/dev/null 2>&1 || apt python3-pip || fail "pip is missing: install python3-pip, or uv (https://docs.astral.sh/uv)"
    echo "Fetching uv ..."
    "$python" -m pip install --quiet --disable-pip-version-check --no-warn-script-location --root-user-action=ignore \
        --target "$state/uv" "uv==0.13.9" || fail "uv cannot be fetched: look at the line above"
fi

# Without a Python of this machine uv brings one, to a place that everybody may read.
UV_PYTHON_INSTALL_DIR=$(mkdir -p "$state" && cd "$state" && pwd)/python
export UV_PYTHON_INSTALL_DIR
unset VIRTUAL_ENV
# shellcheck disable=SC2086  # the groups are words
set -- sync --frozen $groups ${python:+--python "$python"}
if ! "$uv" "$@" --check >/dev/null 2>&1; then
    echo "Installing the control plane's environment from uv.lock ..."
    "$uv" "$@" --quiet || fail "the environment cannot be made from uv.lock: look at the line above"
fi
