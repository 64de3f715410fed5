// SPDX-License-Identifier: LGPL-2.1-or-later
// A PCI driver that takes QEMU's pci-testdev and never lets go of it.
#include "stuck.h"

static int stuck_probe(struct pci_dev *device, const struct pci_device_id *id)
{
    return 0;
}

static void stuck_remove(struct pci_dev *device)
{
    sleep_for_ever();
}

static const struct pci_device_id pci_testdev[] = { { PCI_DEVICE(0x1b36, 0x0005) }, {} };
MODULE_DEVICE_TABLE(pci, pci_testdev);

static struct pci_driver stuck_driver = {
    .name = "stuck_remove",
    .id_table = pci_testdev,
    .probe = stuck_probe,
    .remove = stuck_remove,
};
module_pci_driver(stuck_driver);

MODULE_DESCRIPTION("Sleeps for ever in remove");
MODULE_LICENSE("GPL");
