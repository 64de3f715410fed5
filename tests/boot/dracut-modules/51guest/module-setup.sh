#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What the tests add to an image: a hook on either side of our own, and the modules that lie beside this file.

# dracut sets moddir, initdir, SYSTEMCTL and the like.
# shellcheck disable=SC2154

check() {
    return 255
}

depends() {
    return 0
}

# depmod runs on the image, after this.
installkernel() {
    local _file
    for _file in "$moddir"/*.ko; do
        [[ -e $_file ]] && inst_simple "$_file" "/lib/modules/$kernel/updates/${_file##*/}"
    done
    return 0
}

install() {
    local _hook
    inst_multiple modprobe cat readlink sed sleep tr
    for _hook in before after phase plug; do
        inst_simple "$moddir/$_hook.sh" "/usr/lib/guest/$_hook.sh"
    done
    if dracut_module_included systemd; then
        for _hook in before after late; do
            inst_simple "$moddir/guest-$_hook.service" "$systemdsystemunitdir/guest-$_hook.service"
            $SYSTEMCTL -q --root "$initdir" add-wants sysinit.target "guest-$_hook.service"
        done
        inst_simple "$moddir/guest-gap.service" "$systemdsystemunitdir/guest-gap.service"
        $SYSTEMCTL -q --root "$initdir" add-wants initrd-switch-root.target guest-gap.service
    else
        # Hooks of one number run in the order of their names, and ours is "cmdline 00", too.
        inst_hook cmdline 00 "$moddir/before.sh"
        inst_hook cmdline 01 "$moddir/after.sh"
        inst_hook cmdline 02 "$moddir/phase1.sh"
        inst_hook pre-mount 99 "$moddir/phase2.sh"
        inst_hook cleanup 99 "$moddir/phase3.sh"
    fi
}
