# bash completion for everlong. Install: cp completions/everlong.bash /etc/bash_completion.d/everlong
_everlong() {
    local cur prev words noun verb i
    cur=${COMP_WORDS[COMP_CWORD]}
    prev=${COMP_WORDS[COMP_CWORD - 1]}
    noun= verb=
    for ((i = 1; i < COMP_CWORD; i++)); do
        [ "${COMP_WORDS[i]}" = -- ] && return # what follows is another program's
        case ${COMP_WORDS[i]} in
        -*) ;;
        *) if [ -z "$noun" ]; then noun=${COMP_WORDS[i]}; elif [ -z "$verb" ]; then verb=${COMP_WORDS[i]}; fi ;;
        esac
    done
    case $prev in
    --env-file) mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
    --data) mapfile -t COMPREPLY < <(compgen -d -- "$cur"); return ;;
    --reload-signal) mapfile -t COMPREPLY < <(compgen -W "HUP USR1 USR2" -- "$cur"); return ;;
    --port | --sandbox-port | --account) return ;;
    esac
    case "$noun $verb" in
    " ") words="serve sandbox status channel token run --help --version" ;;
    "serve "*) words="--port --data --sandbox --sandbox-port --help" ;;
    "sandbox "*) words="--port --help" ;;
    "status "*) words="--json --watch --help" ;;
    "channel ") words="import list show remove --help" ;;
    "token ") words="inspect refresh history rollback get --help" ;;
    "channel import") words="--env-file --token-stdin --account --in-place --json --help" ;;
    "token inspect") words="--env-file --token-stdin --json --help" ;;
    "token refresh") words="--now --json --help" ;;
    "channel "* | "token "*) words="--json --help" ;;
    "run "*) words="--reload-signal --help --" ;;
    esac
    case "$noun $verb" in
    "channel show" | "channel remove" | "token inspect" | "token refresh" | "token history" | "token rollback" | \
        "token get" | "run ")
        words+=" $(everlong channel list --json 2>/dev/null | grep -o '"name":"[a-z0-9-]*"' | cut -d'"' -f4)"
        ;;
    esac
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}
complete -F _everlong everlong
