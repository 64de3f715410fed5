// SPDX-License-Identifier: LGPL-2.1-or-later
// Takes the place of libstdc++'s handler of exceptions that nobody catches. main() catches all that
// can be named; the library's own handler demangles the type's name, at 50 kB of program.
#include <cstdlib>

namespace __gnu_cxx {

// The name is libstdc++'s.
// NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp,readability-identifier-naming)
void __verbose_terminate_handler();

void __verbose_terminate_handler() {
  std::abort();
}
// NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp,readability-identifier-naming)

}  // namespace __gnu_cxx
