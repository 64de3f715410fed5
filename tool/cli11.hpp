// SPDX-License-Identifier: LGPL-2.1-or-later
// CLI11 without what reads and writes configuration files, 14 kB of program that nothing calls.
// Version 2.7 declares more of it than cli11.cpp defines, so from there on CLI11 is taken whole.
#pragma once

#if __has_include(<CLI/Version.hpp>)
#include <CLI/Version.hpp>
#endif
#if defined(CLI11_VERSION_MINOR) && CLI11_VERSION_MAJOR == 2 && CLI11_VERSION_MINOR < 7
#define DRIVER_OVERRIDE_CLI11_IN_PARTS
#include <CLI/App.hpp>
#include <CLI/Formatter.hpp>
#else
#include <CLI/CLI.hpp>
#endif
