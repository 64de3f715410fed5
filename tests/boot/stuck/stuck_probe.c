// SPDX-License-Identifier: LGPL-2.1-or-later
// A PCI driver that knows no device, takes what an override gives it, and never returns from probing it.
#include "stuck.h"

static int stuck_probe(struct pci_dev *device, const struct pci_device_id *id)
{
    sleep_for_ever();
    return 0;
}

static const struct pci_device_id no_ids[] = { {} };

static struct pci_driver stuck_driver = {
    .name = "stuck_probe",
    .id_table = no_ids,
    .probe = stuck_probe,
};
module_pci_driver(stuck_driver);

MODULE_DESCRIPTION("Sleeps for ever in probe");
MODULE_LICENSE("GPL");
