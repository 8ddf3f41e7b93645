#!/usr/bin/env bash
# Runs every test, or the named suites; installs what they need first.
# usage: ./test.sh [NAME...] [--long]      ./test.sh --list names the suites
set -euo pipefail
cd "$(dirname "$0")"
case "${1:-}" in
-h | --help | --list) ;;
*) tools/setup build demo test ;;
esac
exec /usr/bin/python3 tools/suites "$@"
