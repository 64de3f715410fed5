#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Puts driver-override into a dracut image. Works with dracut 059 to 112; which modules the rules need is the program's
# business, so this only asks it. Nothing here may fail the build of an image.

# dracut sets moddir, initdir, SYSTEMCTL and the like.
# shellcheck disable=SC2154

# Host-only images too: rules are often added to the command line after the image was built.
check() {
    require_binaries driver-override || return 1
    return 0
}

depends() {
    return 0
}

# The modules that the configured rules need, one a line: those of the image's command line and of this boot's.
_driver_override_modules() {
    local _program
    _program=$(find_binary driver-override) || return 0
    "${dracutsysrootdir-}$_program" modules --root "${dracutsysrootdir:-/}" --cmdline-file - 2>/dev/null \
        < <(printf '%s ' "${kernel_cmdline-}" && cat /proc/cmdline)
}

installkernel() {
    local _module _modules
    # hostonly='': no device of this machine asks for these by its alias, so a host-only image would leave them out.
    # Without -c, instmods passes silently over those that this kernel lacks.
    # efivarfs is for rules on trial.
    hostonly='' instmods pci-stub vfio-pci vfio-platform efivarfs
    readarray -t _modules < <(_driver_override_modules)
    for _module in "${_modules[@]}"; do
        # A plain name only: instmods would take =DIR and options too.
        [[ $_module =~ ^[[:alnum:]_][[:alnum:]_-]*$ ]] && hostonly='' instmods -c -s "$_module" && continue
        dwarn "driver-override: this kernel has no module '$_module', which a rule needs"
    done
    return 0
}

# True if others than root, or than the user who builds, can write a file or its folder. A sysroot is not asked: it has
# the owners of whoever made it.
_driver_override_suspicious() {
    [[ -z ${dracutsysrootdir-} ]] \
        && [[ $(find -L "$1" "${1%/*}" -prune \( ! -user 0 ! -user "$(id -u)" -o -perm /022 \) 2>/dev/null) ]]
}

install() {
    local _unit=driver-override-initrd.service _source _file
    inst_binary "$(find_binary driver-override)" /usr/bin/driver-override
    # Rules in files hold in the image as they do in the root that it is built from. What a link leads to is copied; a
    # link to /dev/null hides a file, and one that leads nowhere is reported at boot, and holds earlier rules back.
    for _source in "${dracutsysrootdir-}"/{usr/lib,etc}/driver-override.d/*.conf; do
        _file=${_source#"${dracutsysrootdir-}"}
        if [[ -f $_source ]] && _driver_override_suspicious "$_source"; then
            dwarn "driver-override: $_source is left out, as others than root can write it"
            inst_dir "${_file%/*}"
            ln -sfn others-can-write-it "$initdir$_file"
        elif [[ -f $_source ]]; then
            inst_simple "$(realpath -- "$_source")" "$_file"
        elif [[ -L $_source ]]; then
            inst_dir "${_file%/*}"
            ln -sfn "$(readlink -- "$_source")" "$initdir$_file"
        fi
    done
    if dracut_module_included systemd; then
        _source=$moddir/$_unit
        [[ -e $_source ]] || _source=$systemdsystemunitdir/$_unit
        inst_simple "$_source" "$systemdsystemunitdir/$_unit"
        $SYSTEMCTL -q --root "$initdir" add-wants sysinit.target "$_unit"
    else
        inst_hook cmdline 00 "$moddir/driver-override.sh"
    fi
}
