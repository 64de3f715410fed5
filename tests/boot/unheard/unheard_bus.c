// SPDX-License-Identifier: LGPL-2.1-or-later
// The bus and its devices, named as on fsl-mc. unheard_first takes every device without an override, unheard_second only
// what an override gives it. A name written to the parameter make is a new device, as if it had been plugged in.
#include "unheard.h"

#include <linux/slab.h>
#include <linux/string.h>
#include <linux/version.h>

struct unheard_device {
    struct device device;
    const char *override; // NULL if the driver core keeps it
};

static struct unheard_device *unheard(const struct device *device)
{
    return container_of(device, struct unheard_device, device);
}

static bool takes(const struct device_driver *driver, const char *override)
{
    return strcmp(driver->name, override ? override : "unheard_first") == 0;
}

#ifdef CORE_HAS_OVERRIDES
static int unheard_match(struct device *device, const struct device_driver *driver)
{
    const int is_its_override = device_match_driver_override(device, driver);

    return is_its_override < 0 ? takes(driver, NULL) : is_its_override;
}
#else
static ssize_t driver_override_show(struct device *device, struct device_attribute *attribute, char *text)
{
    ssize_t length;

    device_lock(device);
    length = sysfs_emit(text, "%s\n", unheard(device)->override);
    device_unlock(device);
    return length;
}

static ssize_t driver_override_store(struct device *device, struct device_attribute *attribute, const char *text,
                                     size_t length)
{
    const int error = driver_set_override(device, &unheard(device)->override, text, length);

    return error ? error : length;
}
static DEVICE_ATTR_RW(driver_override);

static struct attribute *unheard_attrs[] = { &dev_attr_driver_override.attr, NULL };
ATTRIBUTE_GROUPS(unheard);

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 11, 0)
static int unheard_match(struct device *device, const struct device_driver *driver)
#else
static int unheard_match(struct device *device, struct device_driver *driver)
#endif
{
    return takes(driver, unheard(device)->override);
}
#endif

struct bus_type unheard_bus = {
    .name = "unheard",
    .match = unheard_match,
#ifdef CORE_HAS_OVERRIDES
    .driver_override = true,
#else
    .dev_groups = unheard_groups,
#endif
};
EXPORT_SYMBOL_GPL(unheard_bus);

static void release(struct device *device)
{
    kfree(unheard(device)->override);
    kfree(unheard(device));
}

static int make(const char *name, const struct kernel_param *parameter)
{
    struct unheard_device *made = kzalloc(sizeof(*made), GFP_KERNEL);
    int error;

    if (!made)
        return -ENOMEM;
    made->device.bus = &unheard_bus;
    made->device.release = release;
    dev_set_name(&made->device, "%.*s", (int)strcspn(name, "\n"), name);
    error = device_register(&made->device);
    if (error)
        put_device(&made->device);
    return error;
}

static const struct kernel_param_ops make_ops = { .set = make };
module_param_cb(make, &make_ops, NULL, 0200);

static int __init start(void)
{
    static const char *const names[] = { "dprc.2", "dpni.3", "dpni.5", "dpbp.1" };
    int error = bus_register(&unheard_bus);
    size_t i;

    for (i = 0; !error && i < ARRAY_SIZE(names); i++)
        error = make(names[i], NULL);
    return error;
}
module_init(start);

MODULE_DESCRIPTION("A bus whose devices have driver_override");
MODULE_LICENSE("GPL");
