"""The shell's part of `cluster.files`: what runs in a workspace, whose image may lack Python.

Written for POSIX sh with GNU coreutils, findutils, tar and util-linux' flock, as seeding is. Paths never appear in a
command's text: they come by standard input, hold no control characters, and are always below a folder that is named.
"""

_START = r"""
set -eu
umask 022
project=$(pwd -P)
if [ "$project" = "$(cd "$HOME" && pwd -P)" ]; then echo "the project's folder is not there" >&2; exit 4; fi
state="$HOME/.vibecode"
mkdir -p "$state"
under_lock() { exec 9>"$state/lock"; flock 9; }

# Moves every file below $1 to its place below $2: a folder that is not there yet goes whole, with all that is in it.
# What was moved before is not there any more: it can be done again.
place() {
  (cd "$1" && find . -type d) >"$1.folders"
  while IFS= read -r dir; do
    if [ ! -d "$1/$dir" ]; then continue; fi
    if [ ! -e "$2/$dir" ] && [ ! -L "$2/$dir" ] && mv -T "$1/$dir" "$2/$dir" 2>/dev/null; then continue; fi
    if [ ! -d "$2/$dir" ]; then mkdir -p "$2/$dir"; fi
    find "$1/$dir" -mindepth 1 -maxdepth 1 -type f -exec mv -f -t "$2/$dir" {} +
  done <"$1.folders"
}

# Removes the files named in $2 below $1, and the folders that are empty then.
remove() {
  while IFS= read -r path; do
    rm -f "$1/$path"
    case $path in */*) (cd "$1" && rmdir -p "${path%/*}" 2>/dev/null) || : ;; esac
  done <"$2"
}

# From here on a change is done. Each step can be done again, and records come last: they tell of what is in place.
complete() {
  place "$1/new" "$project"
  remove "$project" "$1/delete"
  place "$1/records" "$state"
  remove "$state" "$1/drop"
  finished "$1"
}

finished() { rm -rf "$state/finished"; mv "$1" "$state/finished"; rm -rf "$state/finished"; }

hash_of() { sha256sum <"$1" | cut -c1-64; }

# Whether every file that an interrupted change has not reached yet is still what it was made for.
untouched() {
  (cd "$1/new" && find . -type f; cat "$1/delete") | while IFS= read -r path; do
    if [ -e "$1/before/$path" ]; then
      if [ -e "$project/$path" ] || [ -e "$1/new/$path" ]; then
        cmp -s "$1/before/$path" "$project/$path" || exit 1
      fi
    elif [ -e "$project/$path" ]; then exit 1; fi
  done
}

# Puts back what an interrupted change has reached, except what somebody has changed since.
undo() {
  : >"$1/undoing"
  while IFS= read -r line; do
    path=${line#*  new/}
    if [ "$path" = "$line" ] || [ -e "$1/new/$path" ] || [ ! -f "$project/$path" ]; then continue; fi
    if [ "$(hash_of "$project/$path")" != "${line%%  *}" ]; then continue; fi
    if [ -e "$1/before/$path" ]; then mv -f "$1/before/$path" "$project/$path"; else rm -f "$project/$path"; fi
  done <"$1/SHA256SUMS"
  while IFS= read -r path; do
    if [ -e "$project/$path" ] || [ ! -e "$1/before/$path" ]; then continue; fi
    mkdir -p "$(dirname "$project/$path")"
    mv -f "$1/before/$path" "$project/$path"
  done <"$1/delete"
  finished "$1"
}

recover() {
  if [ ! -d "$state/transaction" ]; then return 0; fi
  if [ ! -e "$state/transaction/undoing" ] && untouched "$state/transaction"; then
    complete "$state/transaction"
  else
    undo "$state/transaction"
  fi
}

if [ -d "$state/transaction" ]; then (under_lock; recover); fi
"""

LIST = (
    _START
    + r"""
own() { find . -name .git -prune -o -name node_modules -prune -o -name .venv -prune -o -name __pycache__ -prune "$@"; }
own -o -type f -printf '%s\t%T@\t%i %C@\t%P\0' | head -z -n "$1"
printf '\0'
show='for file; do printf "%s\0" "$file"; head -c 65536 "$file" | tr -d "\000"; printf "\0"; done'
if [ -f .git/info/exclude ]; then sh -c "$show" show .git/info/exclude; fi
own -o -type f -name .gitignore -exec sh -c "$show" show {} + || :  # folders may go while they are walked
"""
)
"""`LIST COUNT` prints size, time, version and path of up to COUNT files, and each .gitignore with what it says."""

READ = (
    _START
    + r"""
while IFS= read -r path; do
  above=$path linked=
  while case $above in */*) : ;; *) false ;; esac; do
    above=${above%/*}
    if [ -L "$above" ]; then linked=yes; fi
  done
  if [ -z "$linked" ] && [ -f "$path" ] && [ -r "$path" ] && [ ! -L "$path" ]; then printf './%s\0' "$path"; fi
done | tar -c -f - --format=gnu --ignore-failed-read --null -T - || [ $? -eq 1 ]
"""
)
"""`READ` prints a tar of those files that standard input names, one a line."""

RECORDS = (
    _START
    + r"""
cd "$state"
find . -type f -path "./$1" -print0 | tar -c -f - --format=gnu --ignore-failed-read --null -T - || [ $? -eq 1 ]
"""
)
"""`RECORDS PATTERN` prints a tar of the records whose path matches."""

APPLY = (
    _START
    + r"""
find "$state" -maxdepth 1 -name 'apply.*' -mmin +60 -exec rm -rf {} +
stage=$(mktemp -d "$state/apply.XXXXXX")
trap 'rm -rf "$stage"' EXIT
cd "$stage"
# GNU tar reads whole frames then, ten at a time less often; others do not know the variable.
export TAR_OPTIONS=--blocking-factor=256
# What is left unread must be drained, or containerd never tells how a command ended.
tar -x -m -p --no-same-owner -f - || { code=$?; cat >/dev/null; exit "$code"; }
if [ ! -e complete ]; then echo "the files were cut off" >&2; exit 3; fi
mkdir -p new records before
if [ -s SHA256SUMS ]; then sha256sum --check --quiet --strict SHA256SUMS >&2; fi

hashes() { # of those files below $1 that standard input names
  while IFS= read -r path; do if [ -f "$1/$path" ]; then printf '%s\0' "$path"; fi; done |
    (cd "$1" && xargs -0 -r sha256sum --)
}
taken() { # those of them that are there
  while IFS= read -r path; do if [ -e "$1/$path" ] || [ -L "$1/$path" ]; then printf '%s\n' "$path"; fi; done
}
check() { # $1: what it is about; $2: where; $3: hashes that must be found; $4: what must not be there
  if [ ! -s "$3" ] && [ ! -s "$4" ]; then return 0; fi
  cut -b67- "$3" | hashes "$2" >found
  taken "$2" <"$4" >taken
  if cmp -s "$3" found && [ ! -s taken ]; then return 0; fi
  echo "$1"
  cat found
  hashes "$2" <taken
  exit 0
}

under_lock
recover
while IFS= read -r dir; do
  if [ -L "$project/$dir" ]; then printf 'refused\tis a link\t%s\n' "$dir"; exit 0; fi
  if [ -e "$project/$dir" ] && [ ! -d "$project/$dir" ]; then
    printf 'refused\tis a file, where a folder is needed\t%s\n' "$dir"; exit 0
  fi
done <folders
while IFS= read -r path; do
  if [ -L "$project/$path" ]; then printf 'refused\tis a link\t%s\n' "$path" >&3; exit 0; fi
  if [ -d "$project/$path" ]; then printf 'refused\tis a folder\t%s\n' "$path" >&3; exit 0; fi
  if [ -f "$project/$path" ]; then printf '%s\n' "$path"; fi
done 3>&1 <targets >there
check files "$project" bases absent
check records "$state" record-bases record-absent
if [ -s there ]; then
  grep -F -x -f there modeless | while IFS= read -r path; do
    if [ -x "$project/$path" ]; then chmod +x "new/$path"; fi
  done
  while IFS= read -r path; do printf './%s\0' "$path"; done <there >copied
  tar -c -f - -C "$project" --null -T copied | tar -x -p -f - -C before
fi
cd "$project"
mv "$stage" "$state/transaction"
complete "$state/transaction"
echo done
"""
)
"""`APPLY` reads a tar from standard input, see `cluster.files`; prints `done`, or what is in the way: `files` or
`records` and the hashes that were found, or `refused` and why."""
