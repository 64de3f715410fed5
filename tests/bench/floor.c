// SPDX-License-Identifier: LGPL-2.1-or-later
// floor MODULE DRIVER DEVICE…: the least that gives PCI devices to a driver: runs modprobe once, and makes the writes.
// It asks nothing, checks nothing and tells nothing. MODULE "-" runs no modprobe.
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void put(const char *path, const char *text) {
  int file = open(path, O_WRONLY | O_CLOEXEC);
  if (file < 0 || write(file, text, strlen(text)) < 0) perror(path);
  if (file >= 0) close(file);
}

int main(int count, char **words) {
  char path[256];
  if (count < 3) return 2;
  for (int i = 3; i < count; ++i) {
    snprintf(path, sizeof path, "/sys/bus/pci/devices/%s/driver_override", words[i]);
    put(path, words[2]);
  }
  if (strcmp(words[1], "-") != 0) {
    pid_t child = vfork();
    if (child == 0) {
      execl("/sbin/modprobe", "modprobe", words[1], (char *)0);
      _exit(127);
    }
    waitpid(child, 0, 0);
  }
  for (int i = 3; i < count; ++i) put("/sys/bus/pci/drivers_probe", words[i]);
  return 0;
}
