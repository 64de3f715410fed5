// SPDX-License-Identifier: LGPL-2.1-or-later
// A module as hook/driver-table/make reads it: kinds of data that it must take for drivers, and such that it must not. The
// structures differ from any kernel's, so that the sizes and offsets can only come from the type information.
struct bus_type {
    int nothing;
};

struct device_driver {
    const char *name;
    const struct bus_type *bus;
    void *owner;
};

struct pci_driver {
    long before;
    const char *name;
    const void *id_table;
    int (*probe)(void);
    struct device_driver driver;
};

struct platform_driver {
    int (*probe)(void);
    struct device_driver driver;
};

extern int __pci_register_driver(struct pci_driver *driver);
extern int __platform_driver_register(struct platform_driver *driver);
extern const struct bus_type platform_bus_type;

static int probe(void) {
    return 0;
}

static const int ids[] = {1, 2};
static const char shared_name[] = "in an array";

static struct pci_driver with_literal = {.name = "with a literal", .id_table = ids, .probe = probe};
static struct pci_driver with_array = {.name = shared_name, .driver = {.name = shared_name}};
static struct pci_driver same_name = {.name = "made-of-this", .probe = probe};
static struct pci_driver unnamed = {.probe = probe};
static struct platform_driver with_bus = {
    .probe = probe, .driver = {.name = "spells its bus out", .bus = &platform_bus_type}};

// Of the size of a driver, and a string where its name would be.
static const struct pci_driver constant = {.name = "cannot be registered"};
static struct pci_driver strings = {.before = 1, .name = "first of many strings", .id_table = "the second"};
static struct pci_driver code = {.name = (const char *)probe};

int init_module(void) {
    return __pci_register_driver(&with_literal) + __pci_register_driver(&with_array) + __pci_register_driver(&same_name)
           + __pci_register_driver(&unnamed) + __pci_register_driver(&strings) + __pci_register_driver(&code)
           + (int)constant.name[0] + __platform_driver_register(&with_bus);
}
