// SPDX-License-Identifier: LGPL-2.1-or-later
// The Spirit X3 grammar of one rule; the only file that includes Spirit.
//
// It only cuts a rule into its parts. What the parts mean, and hints, belong to rule_parser.cpp.
// Three habits keep it small, and its messages readable:
//   every operand of `>` is a named rule, whose name is a phrase for "expected …" (mind that `>>`
//   binds tighter: a > b >> c has the unnamed operand b >> c);
//   BOOST_SPIRIT_DEFINE, so that each rule is compiled once;
//   character sets are written out, because x3::alnum and x3::xdigit abort on bytes above 0x7f.
#include "parser/rule_grammar.hpp"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wparentheses"
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wshadow"
#ifdef __clang__
#pragma clang diagnostic ignored "-Woverloaded-shift-op-parentheses"
#endif

#include <boost/fusion/include/adapt_struct.hpp>
#include <boost/optional.hpp>
#include <boost/range/iterator_range.hpp>
#include <boost/spirit/home/x3.hpp>

namespace driver_override::grammar {
namespace {

namespace x3 = boost::spirit::x3;

using Slice = boost::iterator_range<const char*>;

struct RuleTree {
  Slice bus;
  std::vector<Slice> devices;
  Slice driver;
  std::vector<Slice> options;
};

struct PciRuleTree {
  std::vector<Slice> devices;
  Slice driver;
};

struct FieldTree {
  Slice first;
  boost::optional<Slice> last;
};

struct StepTree {
  FieldTree device;
  boost::optional<FieldTree> function;
};

/// Two or three fields before the function; which is which depends on their number.
struct AddressTree {
  FieldTree first;
  FieldTree second;
  boost::optional<FieldTree> third;
  boost::optional<FieldTree> function;
  std::vector<StepTree> path;
};

}  // namespace
}  // namespace driver_override::grammar

BOOST_FUSION_ADAPT_STRUCT(driver_override::grammar::RuleTree, bus, devices, driver, options)
BOOST_FUSION_ADAPT_STRUCT(driver_override::grammar::PciRuleTree, devices, driver)
BOOST_FUSION_ADAPT_STRUCT(driver_override::grammar::FieldTree, first, last)
BOOST_FUSION_ADAPT_STRUCT(driver_override::grammar::AddressTree, first, second, third, function,
                          path)
BOOST_FUSION_ADAPT_STRUCT(driver_override::grammar::StepTree, device, function)

namespace driver_override::grammar {
namespace {

template <typename Tag, typename Attribute = x3::unused_type>
using NamedRule = x3::rule<Tag, Attribute>;

const NamedRule<struct comma_tag> comma = "\",\"";
const NamedRule<struct colon_tag> colon = "\":\"";
const NamedRule<struct equals_tag> equals = "\"=\"";
const NamedRule<struct closing_tag> closing = "\"]\"";

const auto comma_def = x3::omit[x3::char_(',')];
const auto colon_def = x3::omit[x3::char_(':')];
const auto equals_def = x3::omit[x3::char_('=')];
const auto closing_def = x3::omit[x3::char_(']')];

const auto name_byte = ~x3::char_(",;=");
const auto bracket_byte = ~x3::char_(",;=[]");

const NamedRule<struct bus_tag, Slice> bus = "a bus";
const NamedRule<struct device_tag, Slice> device = "a device";
const NamedRule<struct devices_tag, std::vector<Slice>> devices = "\",\" and a device";
const NamedRule<struct driver_tag, Slice> driver = "a driver";
const NamedRule<struct option_tag, Slice> option = "an option";
const NamedRule<struct options_tag, std::vector<Slice>> options = "\",\" and an option";
const NamedRule<struct rule_tag, RuleTree> rule = "a rule";

const auto bus_def = x3::raw[+name_byte];
const auto device_def = x3::raw[+name_byte];
const auto devices_def = +(comma > device);
const auto driver_def = x3::raw[*name_byte];
const auto option_def = x3::raw[+name_byte >> -(x3::char_('=') >> *name_byte)];
const auto options_def = *(comma > option);
const auto rule_def = bus > devices > equals > driver > options;

const NamedRule<struct word_tag> word = "\"driver[\"";
const NamedRule<struct bracket_device_tag, Slice> bracket_device = "a device";
const NamedRule<struct bracket_devices_tag, std::vector<Slice>> bracket_devices = "a device";
const NamedRule<struct pci_rule_tag, PciRuleTree> pci_rule = "a rule";

const auto word_def = x3::omit[x3::lit("driver[")];
const auto bracket_device_def = x3::raw[+bracket_byte];
const auto bracket_devices_def = bracket_device >> *(comma > bracket_device);
const auto pci_rule_def = x3::eps > word > bracket_devices > closing > equals > driver;

const NamedRule<struct digits_tag, Slice> digits = "a hexadecimal number";
const NamedRule<struct field_tag, FieldTree> field = "a hexadecimal number or a pattern";
const NamedRule<struct step_tag, StepTree> step = "a device after \"/\"";
const NamedRule<struct steps_tag, std::vector<StepTree>> steps = "\"/\"";
const NamedRule<struct address_tag, AddressTree> address = "an address";

const auto digits_def = x3::raw[+x3::char_("0-9a-fA-F")];
const auto field_def = x3::raw[+x3::char_("0-9a-fA-F*?")] >> -(x3::lit('-') > digits);
const auto step_def = field >> -(x3::lit('.') > field);
const auto steps_def = *(x3::lit('/') > step);
const auto address_def = (x3::eps > field > colon > field) >> -(x3::lit(':') > field) >>
                         -(x3::lit('.') > field) >> steps;

const NamedRule<struct id_tag, Slice> id = "a hexadecimal number or \"*\"";
const NamedRule<struct ids_tag, std::vector<Slice>> ids = "ids";

const auto id_def = x3::raw[x3::char_('*') | +x3::char_("0-9a-fA-F")];
const auto ids_def = (x3::eps > id > colon > id) >> -(x3::lit(':') > id > colon > id);

BOOST_SPIRIT_DEFINE(comma, colon, equals, closing)
BOOST_SPIRIT_DEFINE(bus, device, devices, driver, option, options, rule)
BOOST_SPIRIT_DEFINE(word, bracket_device, bracket_devices, pci_rule)
BOOST_SPIRIT_DEFINE(digits, field, step, steps, address)
BOOST_SPIRIT_DEFINE(id, ids)

std::string_view view(const Slice& slice) {
  return {slice.begin(), slice.size()};
}

std::vector<std::string_view> grammar_views(const std::vector<Slice>& slices) {
  std::vector<std::string_view> result;
  for (const Slice& slice : slices) result.push_back(view(slice));
  return result;
}

FieldParts grammar_parts(const FieldTree& tree) {
  FieldParts field_parts{view(tree.first), std::nullopt};
  if (tree.last) field_parts.last = view(*tree.last);
  return field_parts;
}

/// Runs a grammar over the whole text. `end` is what is expected if it stops before the end.
template <typename Grammar, typename Tree>
std::optional<Stop> read_by_grammar(std::string_view text, const Grammar& grammar, Tree& tree,
                                    std::string_view end) {
  const char* at = text.data();
  const char* const last = at + text.size();
  const auto offset = [&](const char* where) {
    return static_cast<std::size_t>(where - text.data());
  };
  try {
    if (!x3::parse(at, last, grammar, tree)) return Stop{offset(at), grammar.name};
  } catch (const x3::expectation_failure<const char*>& failure) {
    return Stop{offset(failure.where()), failure.which()};
  }
  if (at != last) return Stop{offset(at), std::string(end)};
  return std::nullopt;
}

}  // namespace

std::variant<RuleParts, Stop> read_rule(std::string_view text) {
  RuleTree tree;
  if (auto stop = read_by_grammar(text, rule, tree, "\",\" and an option, or the end of the rule"))
    return *stop;
  return RuleParts{view(tree.bus), grammar_views(tree.devices), view(tree.driver),
                   grammar_views(tree.options)};
}

std::variant<RuleParts, Stop> read_pci_rule(std::string_view text) {
  PciRuleTree tree;
  if (auto stop = read_by_grammar(text, pci_rule, tree, "\",\" or the end of the parameter"))
    return *stop;
  return RuleParts{{}, grammar_views(tree.devices), view(tree.driver), {}};
}

std::variant<AddressParts, Stop> read_address(std::string_view text) {
  AddressTree tree;
  if (auto stop = read_by_grammar(text, address, tree, "the end of the address")) return *stop;
  AddressParts address_parts;
  if (tree.third) address_parts.domain = grammar_parts(tree.first);
  address_parts.bus = grammar_parts(tree.third ? tree.second : tree.first);
  address_parts.device = grammar_parts(tree.third ? *tree.third : tree.second);
  if (tree.function) address_parts.function = grammar_parts(*tree.function);
  for (const StepTree& step_tree : tree.path) {
    StepParts& added = address_parts.path.emplace_back();
    added.device = grammar_parts(step_tree.device);
    if (step_tree.function) added.function = grammar_parts(*step_tree.function);
  }
  return address_parts;
}

std::variant<IdParts, Stop> read_ids(std::string_view text) {
  std::vector<Slice> tree;
  if (auto stop = read_by_grammar(text, ids, tree, "the end of the ids")) return *stop;
  return grammar_views(tree);
}

}  // namespace driver_override::grammar

#pragma GCC diagnostic pop
