#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Runs the Ansible role on a described machine: sound rules are written and the image is rebuilt once, a second run
# changes nothing, and rules with an error are not written. Exit status 77 if there is no Ansible.
# Usage: role_test.sh PROGRAM PLANT-TREE TREE ROLES
set -u

program=$1
roles=$4
if [[ -z $(type -P ansible-playbook) ]]; then
    echo "SKIPPED: no ansible-playbook on this machine"
    exit 77
fi
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
root=$scratch/root
failures=0
"$2" "$3" "$root" || exit 1
mkdir -p "$root/etc/driver-override.d"
export ANSIBLE_ROLES_PATH=$roles ANSIBLE_HOME=$scratch/ansible ANSIBLE_LOCALHOST_WARNING=False ANSIBLE_NOCOWS=1
export ANSIBLE_INVENTORY_UNPARSED_WARNING=False ANSIBLE_LOCAL_TEMP=$scratch/ansible ANSIBLE_REMOTE_TEMP=$scratch/ansible
cat >"$scratch/play.yml" <<END
- hosts: localhost
  connection: local
  gather_facts: false
  roles: [driver_override]
  vars:
    driver_override_root: $root
    driver_override_program: $program
    driver_override_rebuild: echo rebuilt >>$scratch/rebuilt
END

# play RULES [MORE…]: the exit status and the number of changes.
play() {
    ansible-playbook "$scratch/play.yml" -e "{\"driver_override_rules\": [$1]}" "${@:2}" >"$scratch/said" 2>&1
    printf '%s, changed %s' "$?" "$(sed -n 's/.* changed=\([0-9]*\) .*/\1/p' "$scratch/said")"
}

# equal WHAT EXPECTED ACTUAL
equal() {
    [[ $2 == "$3" ]] && return
    ((++failures))
    printf 'FAILED: %s: "%s", not "%s"\n' "$1" "$3" "$2"
    tail -n 20 "$scratch/said"
}

file=$root/etc/driver-override.d/50-ansible.conf
rule='"pci,0000:00:03.2/00=vfio-pci,id=10de:1e87"'
equal "a rule with an error" "2, changed 0" "$(play '"pci,0a:00.0==vfio-pci"')"
equal "its file" absent "$([[ -e $file ]] && echo there || echo absent)"
equal "a sound rule" "0, changed 2" "$(play "$rule")"
equal "its file" "${rule//\"/}" "$(tail -n 1 "$file")"
equal "how often the image was rebuilt" 1 "$(wc -l <"$scratch/rebuilt")"
equal "the same again" "0, changed 0" "$(play "$rule")"
grep -q 'pci,0000:0a:00.0: other-driver' "$scratch/said" || equal "the report" "of 0000:0a:00.0" none
equal "a device without its driver, strictly" "2, changed 0" "$(play "$rule" -e driver_override_strict=true)"

((failures == 0)) && echo 'all cases passed'
exit $((failures != 0))
