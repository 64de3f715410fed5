#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What the three shells complete on a described machine, and that help, completions and the manual page know the same
# commands and options. A shell that is not installed is passed over, loudly.
# Usage: completions_test.sh PROGRAM PLANT-TREE SOURCE-FOLDER
# shellcheck disable=SC2016,SC2317 # the shells expand their scripts; the functions are called by name
set -u
export LC_ALL=C.UTF-8
program=$1
plant=$2
sources=$3
failures=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root
"$plant" "$sources/tests/trees/desktop.tree" "$root" || exit 1
mkdir "$work/bin"
ln -s "$program" "$work/bin/driver-override"
PATH=$work/bin:$PATH

fail() {
    ((++failures))
    printf 'FAILED: %s\n' "$*"
}

# equal WHAT EXPECTED ACTUAL
equal() {
    [[ $2 == "$3" ]] || fail "$1"$'\n'"--- expected"$'\n'"$2"$'\n'"--- found"$'\n'"$3"
}

# What the program says of a command line: the words alone.
candidates() {
    driver-override complete -- "$@" | cut -f 1
}

in_bash() {
    # A function of that name, as the builtin works in a completion only.
    bash --norc -c '
        compopt() { printf "option %s\n" "$*"; }
        . "$1/completions/driver-override.bash"
        COMP_LINE=$2 COMP_POINT=${#2}
        _driver_override
        printf "%s\n" "${COMPREPLY[@]}"' bash "$sources" "$1" | sort -u
}

in_zsh() {
    zsh -f -c '
        compadd() { local name=${@[-1]}; [[ $3 != open_notes ]] || print "option -o nospace"; print -l -- ${(P)name} }
        _files() { print files "$@" }
        run() { source $1 }
        file=$1/completions/_driver-override
        words=(${(z)2})
        [[ $2 != *\  ]] || words+=("")
        CURRENT=$#words
        run $file' zsh "$sources" "$1" | sort -u
}

in_fish() {
    fish --no-config -c '
        source $argv[1]/completions/driver-override.fish
        complete -C "$argv[2]"' "$sources" "$1" | cut -f 1 | sort -u
}

# What every shell must complete alike; fish finds out by itself where no blank follows.
alike() {
    local shell line=$1 expected
    expected=$(sort -u <<<"$2")
    for shell in "${shells[@]}"; do
        equal "$shell: $line" "$expected" "$(in_"$shell" "$line" | grep -v '^option ')"
    done
}

test_shells() {
    alike 'driver-override pl' plan
    alike 'driver-override help s' $'save\nset\nsnapshot\nstatus\nsuggest'
    alike 'driver-override plan --j' --json
    alike "driver-override list --root $root pc" pci
    alike "driver-override suggest --root $root en" eno1
    alike "driver-override suggest --root $root eno1 vf" vfio-pci
    alike "driver-override clear --root $root platform,pc" platform,pcspkr
    alike "driver-override plan --root $root pla" platform,
    alike "driver-override plan --root $root platform,pc" platform,pcspkr=
    # bash takes what follows the last of its marks for the word; zsh and fish take the whole.
    equal 'bash: an address' $'00.0\n00.1' "$(in_bash "driver-override clear --root $root 0a:00.")"
    equal 'bash: a driver' $'none\nnouveau\nnvidia-gpu\nnvme' "$(in_bash "driver-override plan --root $root pci,0a:00.0=n")"
    equal 'bash: a device' $'00.0=\n00.1=\noption -o nospace' \
        "$(in_bash "driver-override set --root $root pci,0000:0a:")"
    equal 'bash: no blank behind a bus' $'option -o nospace\nplatform,' \
        "$(in_bash "driver-override plan --root $root pla")"
    equal 'bash: an option of a rule' none,sticky "$(in_bash "driver-override plan --root $root pci,0a:00.0=none,st")"
    equal 'the whole word' $'pci,0a:00.0=none\npci,0a:00.0=nouveau\npci,0a:00.0=nvidia-gpu\npci,0a:00.0=nvme' \
        "$(candidates plan --root "$root" pci,0a:00.0=n)"
    mkdir "$work/folder"
    : >"$work/file"
    equal 'bash: a file' "$work/file"$'\n'"$work/folder"$'\n'"option -o filenames" \
        "$(in_bash "driver-override plan --cmdline-file $work/f" | sort)"
}

test_candidates() {
    equal 'behind a comma, another device' 'pci,0a:00.0,0a:00.1=' \
        "$(candidates plan --root "$root" pci,0a:00.0,0a:00.1)"
    equal 'a parameter' 'driver_override=platform,pcspkr=' \
        "$(candidates plan --root "$root" driver_override=platform,pcs)"
    equal 'the value of an option' '' "$(candidates set --timeout '')"
    equal 'a device behind --device' '0a:00.0' "$(candidates apply --root "$root" --device 0a:00.0)"
    equal 'no command' '' "$(candidates nonsense '')"
    equal 'nothing at all' '' "$(driver-override complete)"
}

# The options of a command, as its help has them.
options_of() {
    driver-override "$1" --help | grep -o -- '^  \(-h, \)\?--[a-z-]*' | sed 's/.*--/--/' | sort -u
}

test_agreement() {
    local page=$sources/docs/driver-override.8 command option commands known=()
    commands=$(driver-override --help | sed -n 's/^  \([a-z]\{3,\}\)  *[a-z].*/\1/p')
    equal 'commands in the help' "$commands" "$(candidates '' | grep -v -e '^help$' -e '^--')"
    for command in $commands; do
        grep -q "^\.BI\?R\? \"\?$command\b" "$page" || fail "the manual page lacks $command"
        equal "options of $command" "$(options_of "$command")" "$(candidates "$command" - | sort -u)"
        for option in $(options_of "$command"); do
            known+=("$option")
            grep -qF -- "${option//-/\\-}" "$page" || fail "the manual page lacks $option of $command"
        done
    done
    sed 's/\\-/-/g' "$page" | grep -o -- '--[a-z][a-z-]*' | sort -u >"$work/options"
    while read -r option; do
        case " ${known[*]} --version --reload --enable " in
            *" $option "*) ;;
            *) fail "no command has $option of the manual page" ;;
        esac
    done <"$work/options"
}

shells=()
for shell in bash zsh fish; do
    if [[ -n $(type -P "$shell") ]]; then
        shells+=("$shell")
    else
        printf 'NOT TESTED: %s is not here\n' "$shell"
    fi
done
test_shells
test_candidates
test_agreement
((failures == 0)) && printf 'all agree, in %s\n' "${shells[*]}"
exit $((failures != 0))
