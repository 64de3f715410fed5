# SPDX-License-Identifier: LGPL-2.1-or-later
# How everything is compiled and linked; the presets choose among these.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)

add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion)
add_compile_options(-ffunction-sections -fdata-sections)
include_directories(${PROJECT_SOURCE_DIR})

if(DRIVER_OVERRIDE_SANITIZE)
  # -g1 keeps the grammar's debug data small; line numbers are all that a report needs.
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all -g1)
  add_compile_definitions(_GLIBCXX_ASSERTIONS)
  add_link_options(-fsanitize=address,undefined)
endif()

if(DRIVER_OVERRIDE_FUZZ)
  # -O1: what is optimised further is found no faster, and takes clang twice the time on the grammar.
  add_compile_options(-O1 -g1 -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all)
  add_link_options(-fsanitize=address,undefined)
endif()

if(DRIVER_OVERRIDE_STATIC)
  include(CheckIPOSupported)
  check_ipo_supported()
  set(CMAKE_INTERPROCEDURAL_OPTIMIZATION ON)
  # static-pie, not static, where the C library has its start file (that of s390x on Debian 12 has not): address randomisation, and a first throw that costs 34,000
  # instructions in place of 7.4 million.
  # Packed relative relocations (glibc 2.36) save 90 kB of a static-pie program.
  add_compile_options(-fPIE)
  # The image is unpacked into memory at every boot: -Oz where the compiler has it (g++ 12 does), and
  # no page lost between segments.
  include(CheckCXXCompilerFlag)
  check_cxx_compiler_flag(-Oz DRIVER_OVERRIDE_HAS_OZ)
  if(DRIVER_OVERRIDE_HAS_OZ)
    add_compile_options(-Oz)
  endif()
  add_link_options(-Wl,-z,noseparate-code)
  # One partition: constants and templates are shared across all of the program.
  include(CheckCXXSourceCompiles)
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
  add_link_options(-flto-partition=one -Wl,--gc-sections -Wl,-z,noexecstack -Wl,-z,relro,-z,now
                   -Wl,-z,pack-relative-relocs -s)
endif()
