// SPDX-License-Identifier: LGPL-2.1-or-later
#include "parser/kill_switch.hpp"

#include <gtest/gtest.h>

#include <string>

namespace driver_override {
namespace {

TEST(KillSwitch, InAnyPlaceAndSpelling) {
  for (const char* line :
       {"driver_override=off", "a rd.driver_override=OFF b", "driver-override=0",
        "driver_override=no", "a driver_override=False", "driver_override=FALSE",
        "x=\"y driver_override=off z\"", "-- driver_override=off", "\"driver_override=off\"",
        "driver_override=\"off\"",
        "a\xA0"
        "driver_override=off",
        "x=\"y driver_override=off", "driver_overide=off", "rd.driver_overrides=no",
        "quiet.driver_override=off", "quiet,driver_override=off", "quietrd.driver-override=0",
        "root=/dev/sda1,driver_override=off", "x=\"driver_override=off ro\""})
    EXPECT_TRUE(has_kill_switch(line)) << line;
}

TEST(KillSwitch, BesideSlips) {
  for (const char* line : {"driver_override=off,", "driver_override=off;", "driver_override='off'",
                           "driver_override=\"off", "driver_override==off", "driver_override:off",
                           "driver?override)off", "driver override=off", "driver_override =off ro",
                           "driver_override= off ro", "driver_override = off",
                           "driver_override off", "'driver_override=off'",
                           "\xE2\x80\x9C"
                           "driver_override=off\xE2\x80\x9D"})
    EXPECT_TRUE(has_kill_switch(line)) << line;
  using namespace std::string_literals;
  EXPECT_TRUE(has_kill_switch("a driver_override=off\0b"s));
  EXPECT_TRUE(has_kill_switch("a\0driver_override=off"s));
}

TEST(KillSwitch, NotInOtherWords) {
  for (const char* line :
       {"driver_override=offset,a=b", "nodriver_over=off", "driver_override.old=off",
        "xxxdriver_overide=off", "driver_override=platform,x=off",
        "driver_override=platform,x= off", "driver_override=pci,00:02.0=a,sticky 0",
        "driver_override=pci,0a:00.0", "driver off", "override=off", "driver = off",
        "driver_override=", "driver_override", "driver_override=on", "off", ""})
    EXPECT_FALSE(has_kill_switch(line)) << line;
}

}  // namespace
}  // namespace driver_override
