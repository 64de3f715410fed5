// SPDX-License-Identifier: LGPL-2.1-or-later
// vfio-card DEVICE: does with a PCI device what a virtual machine monitor begins with, step by
// step, and says how far it came: its IOMMU group, whether vfio finds the group viable, the device
// itself, and a read of its first BAR, for which the kernel reserves the BAR.
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <linux/vfio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static const char* device;

static void give_up(const char* step) {
  printf("%s: %s: %s\n", device, step, strerror(errno));
  exit(1);
}

static int open_group(void) {
  char path[256];
  char target[256];
  snprintf(path, sizeof path, "/sys/bus/pci/devices/%s/iommu_group", device);
  const ssize_t length = readlink(path, target, sizeof target - 1);
  if (length < 0) give_up("no group");
  target[length] = '\0';
  snprintf(path, sizeof path, "/dev/vfio/%.200s", basename(target));
  const int group = open(path, O_RDWR);
  if (group < 0) give_up("group not opened");
  return group;
}

static void ask_whether_viable(int group) {
  struct vfio_group_status status = {.argsz = sizeof status};
  if (ioctl(group, VFIO_GROUP_GET_STATUS, &status) != 0) give_up("no status");
  const int viable = (status.flags & VFIO_GROUP_FLAGS_VIABLE) != 0;
  printf("%s: group %s\n", device, viable ? "viable" : "not viable");
  if (!viable) exit(1);
}

static int open_device(int group) {
  const int container = open("/dev/vfio/vfio", O_RDWR);
  if (container < 0) give_up("no container");
  if (ioctl(group, VFIO_GROUP_SET_CONTAINER, &container) != 0)
    give_up("group not in the container");
  if (ioctl(container, VFIO_SET_IOMMU, VFIO_TYPE1_IOMMU) != 0) give_up("no IOMMU");
  const int opened = ioctl(group, VFIO_GROUP_GET_DEVICE_FD, device);
  if (opened < 0) give_up("device not opened");
  printf("%s: device opened\n", device);
  return opened;
}

static void read_bar(int opened) {
  unsigned value = 0;
  struct vfio_region_info region = {.argsz = sizeof region, .index = VFIO_PCI_BAR0_REGION_INDEX};
  if (ioctl(opened, VFIO_DEVICE_GET_REGION_INFO, &region) != 0) give_up("no BAR");
  if (pread(opened, &value, sizeof value, (off_t)region.offset) < 0) give_up("BAR not read");
  printf("%s: BAR read\n", device);
}

int main(int count, char** words) {
  if (count != 2) return 2;
  device = words[1];
  const int group = open_group();
  ask_whether_viable(group);
  read_bar(open_device(group));
  return 0;
}
