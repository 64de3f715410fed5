// SPDX-License-Identifier: LGPL-2.1-or-later
// A driver of the name that the kernel's vfio-platform has, which Debian does not build. Like that one it names no
// device: only an override gives it any. It stands in for no more than the binding.
#include <linux/module.h>
#include <linux/platform_device.h>

static int probe(struct platform_device *device)
{
    return 0;
}

static struct platform_driver stand_in = {
    .probe = probe,
    .driver = { .name = "vfio-platform" },
};
module_platform_driver(stand_in);

MODULE_DESCRIPTION("Takes a platform device, and does nothing with it");
MODULE_LICENSE("GPL");
