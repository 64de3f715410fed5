# SPDX-License-Identifier: LGPL-2.1-or-later
# DRIVER_OVERRIDE_COMMIT: what the program is built from, for --version. It comes from git or, in an archive that
# "git archive" made, from the line that git has filled in. Empty if neither is there.
set(archived_commit "$Format:%H$")

set(DRIVER_OVERRIDE_COMMIT "")
if(archived_commit MATCHES "^[0-9a-f]+$")
  string(SUBSTRING "${archived_commit}" 0 12 DRIVER_OVERRIDE_COMMIT)
elseif(EXISTS ${PROJECT_SOURCE_DIR}/.git)
  execute_process(
    COMMAND git describe --always --dirty=,\ changed --abbrev=12 --exclude=*
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
    OUTPUT_VARIABLE DRIVER_OVERRIDE_COMMIT OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  # A later commit is another version.
  execute_process(
    COMMAND git rev-parse --git-path logs/HEAD
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
    OUTPUT_VARIABLE log_of_commits OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  cmake_path(ABSOLUTE_PATH log_of_commits BASE_DIRECTORY ${PROJECT_SOURCE_DIR})
  if(EXISTS "${log_of_commits}" AND NOT IS_DIRECTORY "${log_of_commits}")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${log_of_commits}")
  endif()
endif()

set(DRIVER_OVERRIDE_VERSION "${PROJECT_VERSION}")
if(DRIVER_OVERRIDE_COMMIT)
  string(APPEND DRIVER_OVERRIDE_VERSION " (commit ${DRIVER_OVERRIDE_COMMIT})")
endif()
