# Sourced by ./vibecode and ./check: sets `python` to a Python that can make the environment, or ends with what to install.

find_python() {
    # Where none has all that is needed, a recent one is taken: it says what it lacks.
    for need in 'import ensurepip, venv, sys; sys.exit(sys.version_info < (3, 11))' 'import sys; sys.exit(sys.version_info < (3, 11))'; do
        for python in ${PYTHON:+"$PYTHON"} python3.14 python3.13 python3.12 python3.11 python3; do
            if "$python" -I -c "$need" >/dev/null 2>&1; then
                return
            fi
        done
    done
    echo "VibeCode needs Python 3.11 or newer, and found none: install it (for example \`sudo apt-get install python3 python3-venv\` or \`brew install python\`), or name one: PYTHON=/path/to/python3 $0" >&2
    exit 1
}
