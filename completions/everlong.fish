# fish completion for everlong. Install: cp completions/everlong.fish ~/.config/fish/completions/
function __everlong_channels
    everlong channel list --json 2>/dev/null | string match -ra '"name":"([a-z0-9-]+)"' -g
end
function __everlong_at -a noun verb
    set -l words (commandline -opc)
    test "$words[2]" = "$noun"; and test "$words[3]" = "$verb"
end
set -l nouns serve sandbox status channel token run
complete -c everlong -f
complete -c everlong -n "not __fish_seen_subcommand_from $nouns" -a "$nouns"
complete -c everlong -n "not __fish_seen_subcommand_from $nouns" -l version -d 'version'
complete -c everlong -l help -d 'help'
complete -c everlong -n '__fish_seen_subcommand_from serve' -l port -x -d 'port'
complete -c everlong -n '__fish_seen_subcommand_from serve' -l data -r -F -d 'data directory'
complete -c everlong -n '__fish_seen_subcommand_from serve' -l sandbox -d 'with the simulator'
complete -c everlong -n '__fish_seen_subcommand_from serve' -l sandbox-port -x -d 'its port'
complete -c everlong -n '__fish_seen_subcommand_from sandbox' -l port -x -d 'port'
complete -c everlong -n '__fish_seen_subcommand_from status' -l watch -d 'again and again'
complete -c everlong -n '__fish_seen_subcommand_from status channel token' -l json -d 'one JSON document'
complete -c everlong -n '__fish_seen_subcommand_from channel; and not __fish_seen_subcommand_from import list show remove' -a 'import list show remove'
complete -c everlong -n '__fish_seen_subcommand_from token; and not __fish_seen_subcommand_from inspect refresh history rollback get' -a 'inspect refresh history rollback get'
complete -c everlong -n '__everlong_at channel import; or __everlong_at token inspect' -l env-file -r -F -d 'an existing .env'
complete -c everlong -n '__everlong_at channel import; or __everlong_at token inspect' -l token-stdin -d 'from standard input'
complete -c everlong -n '__everlong_at channel import' -l account -x -d 'which account'
complete -c everlong -n '__everlong_at channel import' -l in-place -d 'rewrite the file itself'
complete -c everlong -n '__everlong_at token refresh' -l now -d 'at once'
complete -c everlong -n '__fish_seen_subcommand_from run' -l reload-signal -x -a 'HUP USR1 USR2' -d 'send this in place of a restart'
complete -c everlong -n '__everlong_at channel show; or __everlong_at channel remove; or __fish_seen_subcommand_from inspect refresh history rollback get run' -a '(__everlong_channels)'
