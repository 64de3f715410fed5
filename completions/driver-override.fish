# SPDX-License-Identifier: LGPL-2.1-or-later
# Completes driver-override in fish. What there is to choose from, the program says itself.

function __driver_override_candidates
    set -l words (commandline -opc)
    $words[1] complete -- $words[2..-1] (commandline -ct) 2>/dev/null
end

function __driver_override_wants_file
    contains -- (commandline -opc)[-1] --root --cmdline-file
end

complete -c driver-override -f -a '(__driver_override_candidates)'
complete -c driver-override -F -n __driver_override_wants_file
