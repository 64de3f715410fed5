# SPDX-License-Identifier: LGPL-2.1-or-later
# How the program for the initramfs is linked: static, position-independent and small, with GCC or Clang.
include(CheckCXXCompilerFlag)
include(CheckCXXSourceCompiles)
include(CheckIPOSupported)
include(CheckLinkerFlag)

# Said now, not at the last link.
set(CMAKE_REQUIRED_LINK_OPTIONS -static)
check_cxx_source_compiles("#include <string>\nint main(int n, char**) { return int(std::string(n, 'x').size()); }"
                          DRIVER_OVERRIDE_LINKS_STATICALLY)
unset(CMAKE_REQUIRED_LINK_OPTIONS)
if(NOT DRIVER_OVERRIDE_LINKS_STATICALLY)
  message(FATAL_ERROR
    "The static C or C++ library is missing (libc.a, libstdc++.a). Fedora: install glibc-static and libstdc++-static. "
    "openSUSE: glibc-devel-static. Debian and Ubuntu: libc6-dev and g++. Or build a program that needs shared "
    "libraries, which the image generators then copy: -DDRIVER_OVERRIDE_STATIC=OFF, or the preset \"dynamic\"")
endif()

check_ipo_supported(RESULT DRIVER_OVERRIDE_HAS_LTO OUTPUT lto_fault)
if(DRIVER_OVERRIDE_HAS_LTO)
  set(CMAKE_INTERPROCEDURAL_OPTIMIZATION ON)
  # One partition: constants and templates are shared across all of the program. Clang has no partitions.
  check_cxx_compiler_flag(-flto-partition=one DRIVER_OVERRIDE_HAS_LTO_PARTITION)
  if(DRIVER_OVERRIDE_HAS_LTO_PARTITION)
    add_link_options(-flto-partition=one)
  endif()
else()
  message(STATUS "No link-time optimisation with this compiler: the program gets larger")
endif()

# The image is unpacked into memory at every boot: -Oz if the compiler has it (g++ 12 does). What runs in a boot for each
# rule and each device is compiled for speed.
check_cxx_compiler_flag(-Oz DRIVER_OVERRIDE_HAS_OZ)
if(DRIVER_OVERRIDE_HAS_OZ)
  add_compile_options(-Oz)
  set(DRIVER_OVERRIDE_BOOT_OPTIONS -O2)
endif()

# static-pie, not static, if the C library has its start file (that of s390x on Debian 12 has not): address
# randomisation, and a first throw that costs 34,000 instructions in place of 7.4 million.
add_compile_options(-fPIE)
set(CMAKE_REQUIRED_FLAGS -fPIE)
set(CMAKE_REQUIRED_LINK_OPTIONS -static-pie)
check_cxx_source_compiles("int main() {}" DRIVER_OVERRIDE_HAS_STATIC_PIE)
unset(CMAKE_REQUIRED_FLAGS)
unset(CMAKE_REQUIRED_LINK_OPTIONS)
if(DRIVER_OVERRIDE_HAS_STATIC_PIE)
  add_link_options(-static-pie)
else()
  add_link_options(-static)
endif()

# Packed relative relocations (glibc 2.36, binutils 2.38) save 90 kB of a static-pie program.
check_linker_flag(CXX -Wl,-z,pack-relative-relocs DRIVER_OVERRIDE_HAS_RELR)
if(DRIVER_OVERRIDE_HAS_RELR)
  add_link_options(-Wl,-z,pack-relative-relocs)
endif()
# No page is lost between segments.
add_link_options(-Wl,-z,noseparate-code -Wl,--gc-sections -Wl,-z,noexecstack -Wl,-z,relro,-z,now -s)
