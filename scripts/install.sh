#!/bin/sh
# Create the environment from the lock files: install.sh FOLDER LOCKFILE...
# Every file is checked against its hash. uv does it in seconds; plain pip does the same when uv cannot be had.
set -eu
venv=$1
shift
if [ -z "${PYTHON:-}" ]; then
    echo "Python 3.11 or newer was not found. Install it, or name it: make PYTHON=/path/to/python3.11 run" >&2
    exit 1
fi
locks=""
for file in "$@"; do locks="$locks -r $file"; done
if [ ! -x "$venv/bin/python" ]; then
    echo "Creating $venv with $("$PYTHON" --version) ..."
    "$PYTHON" -m venv "$venv" || {
        echo "The environment could not be created. On Debian and Ubuntu: apt-get install python3-venv" >&2
        exit 1
    }
fi
echo "Installing from $* ..."
pip="$venv/bin/python -m pip --disable-pip-version-check -q"
# shellcheck disable=SC2086
if [ -x "$venv/bin/uv" ] || $pip install uv; then
    VIRTUAL_ENV="$PWD/$venv" "$venv/bin/uv" pip install -q --require-hashes $locks &&
        VIRTUAL_ENV="$PWD/$venv" "$venv/bin/uv" pip install -q --no-deps -e .
else
    echo "uv could not be installed; using pip, which takes a little longer."
    $pip install --require-hashes $locks && $pip install --no-deps -e .
fi || {
    echo "Installing failed. The packages come from the package index: check the connection (and PIP_INDEX_URL or" >&2
    echo "UV_DEFAULT_INDEX if you use a mirror), then run the same command again." >&2
    exit 1
}
