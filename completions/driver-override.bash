# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# Completes driver-override in bash. What there is to choose from, the program says itself.

_driver_override() {
    local typed=${COMP_LINE:0:COMP_POINT} words candidate head file=0
    # bash cuts words at ":" and "=", which rules are full of: they are cut at blanks here.
    read -ra words <<<"$typed"
    [[ $typed == *[[:space:]] ]] && words+=("")
    typed=${words[-1]}
    COMPREPLY=()
    case ${words[-2]} in
        --root | --cmdline-file) file=1 ;;
    esac
    if ((file)); then
        compopt -o filenames
        mapfile -t COMPREPLY < <(compgen -f -- "$typed")
        return
    fi
    # What bash takes for the word is what follows the last byte that it cuts at.
    head=${typed%"${typed##*[:=]}"}
    while IFS=$'\t' read -r candidate _; do
        [[ $candidate == *[,=] ]] && compopt -o nospace
        COMPREPLY+=("${candidate#"$head"}")
    done < <("${words[0]}" complete -- "${words[@]:1}" 2>/dev/null)
}

complete -F _driver_override driver-override
