#!/usr/bin/env bash
# Sets up, builds and runs Everlong on Debian 12. Safe to run again at any time.
#   ./run.sh               the service with its Settings page, in the foreground, until Ctrl-C
#   ./run.sh --demo        the main job once, on real parts, without a person
#   ./run.sh --build-only  stops after the build; the last line is the path of the program
set -euo pipefail
cd "$(dirname "$0")"

mode=serve
case "${1:-}" in
"") ;;
--demo | --build-only) mode=${1#--} ;;
-h | --help) sed -n '2,5s/^# \{0,1\}//p' "$0"; exit 0 ;;
*) echo "run.sh: no option '$1'; try ./run.sh --help" >&2; exit 2 ;;
esac
[ $# -le 1 ] || { echo "run.sh: at most one option; try ./run.sh --help" >&2; exit 2; }

say() { printf '%s\n' "$*" >&2; }

started=$SECONDS
groups=(build)
[ "$mode" != demo ] || groups+=(demo)
tools/setup "${groups[@]}"

program=build/release/everlong
mkdir -p build
if ! cmake --preset release >build/configure.log 2>&1; then
    say "cmake --preset release failed. The end of build/configure.log:"
    tail -n 20 build/configure.log >&2
    exit 4
fi
before=$(stat -c %Y "$program" 2>/dev/null || true)
[ -n "$before" ] || say "Building Everlong (the first time about three minutes on two cores)"
# One line every few files, so that a log stays readable; errors come out whole.
if ! cmake --build --preset release 2>&1 | tee build/build.log |
    awk '/^\[[0-9]+\/[0-9]+\]/ { split(substr($1, 2), n, "[/\\]]"); if (n[1] == n[2] || (n[1] > 0 && n[1] % 20 == 0)) { print "  " $1 > "/dev/stderr"; fflush() }; next }
         !/^ninja: (no work|Entering)/ { print > "/dev/stderr" }'; then
    say "The build failed; everything it said is in build/build.log"
    exit 4
fi
if [ "$(stat -c %Y "$program")" != "$before" ]; then
    say "Built $program in $((SECONDS - started)) s"
fi

case "$mode" in
build-only)
    say "Next: ./run.sh --demo shows what it does; ./run.sh starts the service; $program --help lists the commands."
    echo "$program"
    ;;
demo)
    exec /usr/bin/python3 tools/demo --program "$program"
    ;;
serve)
    # An app's id and secret, in the environment or in ./.env, mean the real platform.
    has() {
        [ -n "${!1:-}" ] || { [ -f .env ] && grep -Eq "^[[:space:]]*(export[[:space:]]+)?$1[[:space:]]*=[[:space:]]*[^[:space:]]" .env; }
    }
    say ""
    if { has META_APP_ID && has META_APP_SECRET; } || { has INSTAGRAM_APP_ID && has INSTAGRAM_APP_SECRET; }; then
        say "Starting the service with your app's credentials, against Meta's platform. Ctrl-C ends it."
        say "Next: open the address below in a browser (the first time that of \"First visit\") and connect a channel."
        say "Or, in a second terminal:"
        say "  $program channel import cafe --env-file PATH/TO/backend/.env"
        say "  $program status --watch"
        say ""
        exec "$program" serve
    fi
    say "No app is configured (META_APP_ID and META_APP_SECRET, or INSTAGRAM_APP_ID and INSTAGRAM_APP_SECRET, in the"
    say "environment or in .env), so this is a rehearsal: the service talks to its own simulator. Ctrl-C ends it."
    say "Next: open the address below in a browser (the first time that of \"First visit\"), connect the demo account, and"
    say "jump 59 days in the time machine. In a second terminal, $program status shows the same."
    say "./run.sh --demo shows the whole story in a minute, without a browser."
    say ""
    exec "$program" serve --sandbox
    ;;
esac
