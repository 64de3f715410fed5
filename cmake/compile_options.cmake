# SPDX-License-Identifier: LGPL-2.1-or-later
# How everything is compiled and linked; the presets choose among these.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)

add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion)
add_compile_options(-ffunction-sections -fdata-sections)
# The same program, whichever folder it is built in.
add_compile_options(-ffile-prefix-map=${PROJECT_SOURCE_DIR}=. -ffile-prefix-map=${PROJECT_BINARY_DIR}=.)
include_directories(${PROJECT_SOURCE_DIR})

if(DRIVER_OVERRIDE_SANITIZE)
  # -g1 keeps the grammar's debug data small; line numbers are all that a report needs.
  # Without PIE, whose relocations would take a third of each start of the program, and the tests start it a lot.
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all -g1 -fno-pie)
  add_compile_definitions(_GLIBCXX_ASSERTIONS)
  add_link_options(-fsanitize=address,undefined -no-pie)
endif()

if(DRIVER_OVERRIDE_FUZZ)
  # -O1: what is optimised further is found no faster, and takes clang twice the time on the grammar.
  add_compile_options(-O1 -g1 -fsanitize=fuzzer-no-link)
  add_compile_definitions(_GLIBCXX_ASSERTIONS)
endif()

if(DRIVER_OVERRIDE_STATIC)
  include(cmake/static_link.cmake)
endif()
