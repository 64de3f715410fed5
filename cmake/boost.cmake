# SPDX-License-Identifier: LGPL-2.1-or-later
# Boost::headers and Boost::filesystem, all that is taken of Boost. Debian keeps Boost's own package file in a folder of
# the build machine's architecture, where a cross build does not look: there, the headers and the library are looked for
# by their names.
set(Boost_USE_STATIC_LIBS ${DRIVER_OVERRIDE_STATIC})
find_package(Boost 1.74 CONFIG QUIET OPTIONAL_COMPONENTS filesystem)
if(NOT TARGET Boost::headers)
  find_path(BOOST_HEADERS boost/spirit/home/x3.hpp REQUIRED)
  file(STRINGS ${BOOST_HEADERS}/boost/version.hpp boost_version REGEX "^#define BOOST_VERSION ")
  string(REGEX REPLACE "[^0-9]" "" boost_version "${boost_version}")
  if(boost_version LESS 107400)
    message(FATAL_ERROR "Boost 1.74 or newer is needed; ${BOOST_HEADERS} has ${boost_version}")
  endif()
  add_library(Boost::headers INTERFACE IMPORTED)
  target_include_directories(Boost::headers INTERFACE ${BOOST_HEADERS})
endif()
if(NOT TARGET Boost::filesystem)
  if(DRIVER_OVERRIDE_STATIC)
    find_library(BOOST_FILESYSTEM libboost_filesystem.a REQUIRED)
  else()
    find_library(BOOST_FILESYSTEM boost_filesystem REQUIRED)
  endif()
  add_library(Boost::filesystem INTERFACE IMPORTED)
  target_link_libraries(Boost::filesystem INTERFACE ${BOOST_FILESYSTEM} Boost::headers)
endif()

# The path of Boost.Filesystem wants the C++ library's locales. tool/no_locale.cpp stands in for them if it has all the
# names that this Boost and this C++ library want; if it has not, the program is larger, and as good.
if(DRIVER_OVERRIDE_STATIC)
  include(CheckCXXSourceCompiles)
  set(CMAKE_REQUIRED_LIBRARIES Boost::filesystem)
  set(CMAKE_REQUIRED_LINK_OPTIONS -static)
  check_cxx_source_compiles("
    #include \"${PROJECT_SOURCE_DIR}/tool/no_locale.cpp\"
    #include <boost/filesystem/path.hpp>
    int main(int, char** words) { return boost::filesystem::path(words[0]).filename().empty(); }"
    DRIVER_OVERRIDE_NEEDS_NO_LOCALE)
  unset(CMAKE_REQUIRED_LIBRARIES)
  unset(CMAKE_REQUIRED_LINK_OPTIONS)
endif()
