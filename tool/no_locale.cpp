// SPDX-License-Identifier: LGPL-2.1-or-later
// In place of the C++ library's locales, which would be a third of the static program. The path of
// Boost.Filesystem wants them for wide characters alone, of which there are none here. Whatever
// wants more of them (<iostream>, <sstream>, <regex>) does not link: its part of the library
// defines these names, too.
#include <cstddef>
#include <cstdlib>

namespace driver_override {
namespace {

[[noreturn]] void no_locale() {
  std::abort();
}

}  // namespace

// What libs/filesystem/src/path.cpp wants of std::locale: its constructors (of none, of a name, of
// another one), its assignment and its end. The assignment and use_facet() are wanted by Boost 1.74
// with GCC 12; what use_facet() consists of (locale::id::_M_id and codecvt::id), by 1.83 with
// GCC 14.
void make_locale() __asm__("_ZNSt6localeC1Ev");
void make_locale_of_name() __asm__("_ZNSt6localeC1EPKc");
void copy_locale() __asm__("_ZNSt6localeC1ERKS_");
void assign_locale() __asm__("_ZNSt6localeaSERKS_");
void end_locale() __asm__("_ZNSt6localeD1Ev");
void use_facet() __asm__("_ZSt9use_facetISt7codecvtIwc11__mbstate_tEERKT_RKSt6locale");
void number_of_facet() __asm__("_ZNKSt6locale2id5_M_idEv");
extern std::size_t id_of_facet __asm__("_ZNSt7codecvtIwc11__mbstate_tE2idE");

void make_locale() {
  no_locale();
}
void make_locale_of_name() {
  no_locale();
}
void copy_locale() {
  no_locale();
}
void assign_locale() {
  no_locale();
}
void end_locale() {
  no_locale();
}
void use_facet() {
  no_locale();
}
void number_of_facet() {
  no_locale();
}
std::size_t id_of_facet = 0;

}  // namespace driver_override
