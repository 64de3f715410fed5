// SPDX-License-Identifier: LGPL-2.1-or-later
// A PCI driver that knows no device, takes what an override gives it, and is slow to probe it, as some cards are. Then it
// starts a thread, as many drivers do: kthread_create() gives -EINTR if a fatal signal is pending for whoever probes.
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/pci.h>

static unsigned int seconds = 15;
module_param(seconds, uint, 0444);

static int finish(void *data)
{
    return 0;
}

static int slow_probe(struct pci_dev *device, const struct pci_device_id *id)
{
    struct task_struct *thread;

    ssleep(seconds);
    thread = kthread_run(finish, NULL, "slow_probe");
    if (IS_ERR(thread)) {
        dev_err(&device->dev, "slow_probe: no thread: %ld\n", PTR_ERR(thread));
        return PTR_ERR(thread);
    }
    dev_info(&device->dev, "slow_probe: probed\n");
    return 0;
}

static const struct pci_device_id no_ids[] = { {} };

static struct pci_driver slow_driver = {
    .name = "slow_probe",
    .id_table = no_ids,
    .probe = slow_probe,
};
module_pci_driver(slow_driver);

MODULE_DESCRIPTION("Sleeps for some seconds in probe");
MODULE_LICENSE("GPL");
