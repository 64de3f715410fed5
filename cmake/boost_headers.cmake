# SPDX-License-Identifier: LGPL-2.1-or-later
# Boost::headers, all that is taken of Boost. Debian keeps Boost's own package file in a folder of the build machine's
# architecture, where a cross build does not look; the headers themselves serve every architecture.
find_package(Boost 1.74 CONFIG QUIET)
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
