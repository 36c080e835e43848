"""The shell's part of dependencies: what runs in a workspace, detached, so that it outlives whoever began it.

Written for POSIX sh with GNU coreutils and util-linux' flock and setsid, as `cluster.file_scripts` is. Below `STATE`
are `lock`, held for as long as the installation runs; `command` and `folder`, what runs where; `log`, what it prints;
and `ended`, its exit code and its milliseconds, or `failed`, the same once somebody was told. With none of the last two
and nobody at the lock, it was cut off.
"""

from templates.project import ProjectFile

STATE = ".vibecode/install"
LOG = f"~/{STATE}/log"
"""Where a person finds what is printed, in the workspace."""

AWAIT_PATH = ".vibecode/await-dependencies"

_FUNCTIONS = (
    f'state="$HOME/{STATE}"'
    r"""
able() { command -v flock >/dev/null && command -v setsid >/dev/null; }

over() { [ -e "$state/ended" ] || [ -e "$state/failed" ]; }

running() { ! flock -n -s "$state/lock" true; }

# Who waits opens the lock for itself alone; who runs hands its own on, but not to the command. Where there is a shared
# cache, that is asked first, and the registries not even for what is newest, which is what takes the time. Where it has
# not all that is needed, or nothing as new as that, the command fails (uv), at once, and is run as ever.
run='
began=$(date +%s%3N)
export NPM_CONFIG_AUDIT=false NPM_CONFIG_FUND=false NPM_CONFIG_UPDATE_NOTIFIER=false
code=
if [ -n "$VIBECODE_PACKAGES" ]; then
  case $1 in *uv*|*npm*)
    NPM_CONFIG_PREFER_OFFLINE=true UV_OFFLINE=true sh -c "$1" 9>&-
    code=$?
    if [ "$code" -ne 0 ]; then
      : >"$2/log"
      echo "The shared cache has not all of it; asking the registries."
    fi ;;
  esac
fi
if [ "$code" != 0 ]; then
  sh -c "$1" 9>&-
  code=$?
fi
printf "%s %s\n" "$code" "$(($(date +%s%3N) - began))" >"$2/ended.new"
mv "$2/ended.new" "$2/ended"
'

begin() {
  mkdir -p "$state"
  chmod 700 "$state"
  (
    exec 9>"$state/lock"
    flock -n 9 || exit 0
    if [ -e "$state/ended" ]; then exit 0; fi
    rm -f "$state/failed"
    printf '%s\n' "$1" >"$state/command"
    pwd -P >"$state/folder"
    (umask 077 && : >"$state/log")
    setsid sh -c "$run" install "$1" "$state" </dev/null >>"$state/log" 2>&1 &
  )
}
"""
)

BEGIN = (
    _FUNCTIONS
    + r"""
able || exit 0
begin "$1"
"""
)
"""`BEGIN COMMAND` starts it, unless it runs already or has ended well, and does not wait."""

FOLLOW = (
    _FUNCTIONS
    + r"""
if ! able; then
  printf 'ended 127 0\nflock and setsid (util-linux) are not there, so nothing is installed in the background\n' >&2
  exit 0
fi
begin "$1"
tail -n +1 -f "$state/log" &
tail=$!
flock -s "$state/lock" true
kill "$tail" 2>/dev/null
wait "$tail" 2>/dev/null
if [ ! -e "$state/ended" ]; then exit 0; fi
read -r code took <"$state/ended"
printf 'ended %s %s\n' "$code" "$took" >&2
if [ "$code" -ne 0 ]; then
  tail -n 20 "$state/log" >&2
  mv "$state/ended" "$state/failed"
fi
"""
)
"""`FOLLOW COMMAND` begins where it must, and prints the log until the end; then, as standard error, `ended`, exit code
and milliseconds, and the end of the log where it failed. Says nothing there where the installation was cut off."""

UNFINISHED = (
    _FUNCTIONS
    + r"""
able || exit 0
if [ -s "$state/command" ] && ! over; then cat "$state/command"; fi
"""
)
"""Prints the command that was begun and is not over, whether it runs or was cut off."""

_AWAIT = (
    "#!/bin/sh\n# Waits until the project's dependencies are installed, and begins anew where that was cut off.\n"
    + _FUNCTIONS
    + r"""
if [ ! -s "$state/command" ] || ! able; then exit 0; fi
if over; then exit 0; fi
if ! running; then
  cd "$(cat "$state/folder")" || exit 0
  begin "$(cat "$state/command")"
fi
echo "Dependencies are being installed ($(cat "$state/command"); log: ~${state#"$HOME"}/log). This goes on after that."
flock -s "$state/lock" true
if [ -e "$state/ended" ]; then
  read -r code _ <"$state/ended"
  if [ "$code" -eq 0 ]; then echo "They are there."; else echo "That ended with exit code $code."; fi
fi
"""
)


def await_file() -> ProjectFile:
    """A program for the home folder of a workspace; it never fails, since what waits can say best what it lacks."""
    return ProjectFile(AWAIT_PATH, _AWAIT.encode(), mode=0o755)
