// SPDX-License-Identifier: LGPL-2.1-or-later
// A bus that nobody has heard of, which its two drivers share.
#include <linux/device.h>
#include <linux/module.h>

extern struct bus_type unheard_bus;

// A driver that takes every device it is given.
static inline int unheard_probe(struct device *device)
{
    return 0;
}

#define UNHEARD_DRIVER(driver_name)                    \
    static struct device_driver this_driver = {        \
        .name = driver_name,                           \
        .owner = THIS_MODULE,                          \
        .bus = &unheard_bus,                           \
        .probe = unheard_probe,                        \
    };                                                 \
    static int __init start(void)                      \
    {                                                  \
        return driver_register(&this_driver);          \
    }                                                  \
    module_init(start);                                \
    MODULE_DESCRIPTION("Takes what it is given");      \
    MODULE_LICENSE("GPL")
