// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/advice/boot_loader.hpp"

#include <sys/utsname.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <set>

#include "parser/message.hpp"
#include "parser/near_miss.hpp"
#include "parser/parameter.hpp"
#include "parser/printable.hpp"
#include "tool/advice/bus_names.hpp"
#include "tool/machine/boot_escape.hpp"

namespace driver_override {
namespace {

constexpr std::string_view main_name = "driver_override";

// What of these is special in double quotes too, to both.
constexpr std::string_view special_in_quotes = "$\"\\`";

// The kernel hands NAME=VALUE that it does not know to init as its environment, and panics at the
// 32nd distinct name (init/main.c, unknown_bootoption). Which names a kernel knows depends on how
// it was built, so the count below is too high; it is far below this number on a sane line.
constexpr std::size_t many_names = 24;

/// Names that every kernel of the common architectures takes for itself, so that the count of the
/// others is not too far off. A blank stands on either side of each.
constexpr std::string_view kernel_names =
    " acpi acpi_backlight acpi_osi amd_iommu amd_pstate apic apparmor audit cgroup_disable "
    "cgroup_enable clocksource cma console crashkernel default_hugepagesz earlycon "
    "earlyprintk efi fbcon hpet hugepages hugepagesz idle ima_appraise ima_policy init "
    "init_on_alloc init_on_free initrd intel_idle intel_iommu intel_pstate iommu ip "
    "irqaffinity isolcpus l1tf lockdown log_buf_len loglevel lsm maxcpus mds mem memmap "
    "mitigations net nfsroot nmi_watchdog nohz nohz_full nr_cpus numa numa_balancing panic "
    "pci pcie_aspm pcie_ports preempt pti rcu_nocbs rdinit reboot resume root rootdelay "
    "rootflags rootfstype security selinux skew_tick spectre_v2 swiotlb transparent_hugepage "
    "tsc video ";

/// True for what passes a boot loader, as opposed to a file in the image.
bool passes_boot_loader(const Source& source) {
  return source.kind == Source::Kind::command_line || source.kind == Source::Kind::argument;
}

std::vector<Parameter> loader_parameters_of(const Source& source) {
  if (source.kind == Source::Kind::command_line) return split_into_parameters(source.text);
  if (!passes_boot_loader(source)) return {};
  // An argument is one parameter, or rules without a name; the shell has taken its quotes.
  const std::string_view text = source.text;
  const std::size_t name_end = std::min(text.find('='), text.size());
  Parameter whole;
  whole.name = text.substr(0, name_end);
  if (name_end < text.size()) whole.value = text.substr(name_end + 1);
  whole.word = {0, text.size()};
  return {whole};
}

bool loader_holds(Span outer, Span inner) {
  return outer.offset <= inner.offset && inner.offset + inner.length <= outer.offset + outer.length;
}

using Rules = std::vector<const Rule*>;

/// One source of the configuration with what stands in it.
class BootLoaderView {
 public:
  BootLoaderView(const Configuration& configuration, std::size_t source)
      : source_(source),
        text_(configuration.sources[source].text),
        parameters_(loader_parameters_of(configuration.sources[source])),
        rules_of_parameters_(parameters_.size()) {
    for (std::size_t at = text_.find('"'); at < text_.size(); at = text_.find('"', at + 1))
      quotes_.push_back(at);
    // The rules of a source stand together.
    const auto [begin, end] = std::equal_range(configuration.rule_sources.begin(),
                                               configuration.rule_sources.end(), source);
    for (auto at = begin; at != end; ++at)
      add(configuration.rules[static_cast<std::size_t>(at - configuration.rule_sources.begin())]);
  }

  [[nodiscard]] std::size_t source() const { return source_; }
  [[nodiscard]] std::string_view text() const { return text_; }
  /// Those of a command line or an argument.
  [[nodiscard]] const std::vector<Parameter>& parameters() const { return parameters_; }
  [[nodiscard]] const Rules& rules() const { return rules_; }
  [[nodiscard]] const Rules& rules_of(std::size_t parameter) const {
    return rules_of_parameters_[parameter];
  }

  /// The place among parameters() of the one that has the run of bytes in it.
  [[nodiscard]] std::optional<std::size_t> parameter_at(Span span) const {
    const auto behind = std::upper_bound(
        parameters_.begin(), parameters_.end(), span.offset,
        [](std::size_t at, const Parameter& parameter) { return at < parameter.word.offset; });
    if (behind == parameters_.begin() || !loader_holds(std::prev(behind)->word, span))
      return std::nullopt;
    return static_cast<std::size_t>(behind - parameters_.begin()) - 1;
  }

  /// True if the byte at `at` stands between double quotes that were opened since `begin`.
  [[nodiscard]] bool is_quoted(std::size_t begin, std::size_t at) const {
    const auto quote_from = [&](std::size_t place) {
      return std::lower_bound(quotes_.begin(), quotes_.end(), place);
    };
    return (quote_from(at) - quote_from(begin)) % 2 != 0;
  }

 private:
  void add(const Rule& rule) {
    if (loader_holds({0, text_.size()}, rule.span)) rules_.push_back(&rule);
    if (const auto parameter = parameter_at(rule.span))
      rules_of_parameters_[*parameter].push_back(&rule);
  }

  std::size_t source_;
  std::string_view text_;
  std::vector<Parameter> parameters_;
  std::vector<std::size_t> quotes_;  ///< where they stand
  Rules rules_;
  std::vector<Rules> rules_of_parameters_;
};

Message boot_loader_warning(const BootLoaderView& view, Span span, Span excerpt, std::string text,
                            std::string hint) {
  return {Severity::warning, std::move(text), std::move(hint), Place{span, excerpt, view.source()}};
}

/// The parameter's name as the hints repeat it: that of an argument may be missing.
std::string name_of_boot_loader(const Parameter& parameter) {
  return std::string(is_our_parameter(parameter.name) ? parameter.name : main_name);
}

/// "driver_override=A driver_override=B" with the good ones of the rules.
std::string as_loader_parameters(const std::string& name, const Rules& rules) {
  std::string text;
  for (const Rule* rule : rules)
    if (!rule->bad)
      text += (text.empty() ? "" : " ") + name + "=" + escape_for_boot_loader(to_text(*rule));
  return text;
}

using Messages = std::vector<Message>;

/// GRUB and U-Boot end a command at an unquoted `;`: the rest of the line is lost with the rules in
/// it. `pci=` is passed over, where `;` separates devices of the kernel's own options.
void warn_of_semicolon_in_loader(const BootLoaderView& view, std::size_t number,
                                 Messages& messages) {
  const Parameter& parameter = view.parameters()[number];
  const Rules& rules = view.rules_of(number);
  if (rules.empty() || parameter.name == "pci") return;
  const std::size_t begin = parameter.word.offset;
  const std::string_view text =
      std::string_view(view.text()).substr(0, begin + parameter.word.length);
  std::size_t at = text.find(';', begin);
  while (at != std::string_view::npos && view.is_quoted(begin, at)) at = text.find(';', at + 1);
  if (at == std::string_view::npos) return;
  const std::string better = as_loader_parameters(name_of_boot_loader(parameter), rules);
  messages.push_back(boot_loader_warning(
      view, {at, 1}, parameter.word,
      "GRUB and U-Boot end the command at a \";\" that is not in quotes",
      better.empty() ? "write each rule as a parameter of its own" : "write " + better));
}

/// Each byte of a sound rule, once, that GRUB would not pass on as it is.
void warn_of_special_bytes_in_loader(const BootLoaderView& view, std::size_t number,
                                     Messages& messages) {
  const Parameter& parameter = view.parameters()[number];
  for (const Rule* rule : view.rules_of(number)) {
    if (rule->bad) continue;
    std::set<char> seen;
    for (std::size_t i = 0; i < rule->span.length; ++i) {
      const std::size_t at = rule->span.offset + i;
      const char byte = view.text()[at];
      // Most bytes are not special, and to know of quotes costs.
      if (special_bytes.find(byte) == std::string_view::npos) continue;
      const bool quoted = view.is_quoted(parameter.word.offset, at);
      const std::string_view special = quoted ? special_in_quotes : special_bytes;
      if (special.find(byte) == std::string_view::npos || !seen.insert(byte).second) continue;
      messages.push_back(boot_loader_warning(
          view, {at, 1}, parameter.word,
          "GRUB or /etc/default/grub gives " + in_quotes({&byte, 1}) + " another meaning" +
              (quoted ? ", in quotes too" : ""),
          "write " + as_loader_parameters(name_of_boot_loader(parameter), {rule})));
    }
  }
}

/// A line that is exactly as long as the limit is the parser's concern: its last rule is bad.
void warn_of_length_for_loader(const BootLoaderView& view, const BootTarget& target,
                               Messages& messages) {
  const std::size_t limit = boot_loader_limit(target.machine);
  const std::size_t length = view.text().size();
  const std::size_t near = limit - limit / 16;
  if (length < near || length == limit) return;
  const std::string message = "the command line is " + std::to_string(length) +
                              " bytes long; a kernel for " + printable(target.machine) + " keeps " +
                              std::to_string(limit);
  const std::size_t cut = std::min(limit, length);
  messages.push_back(boot_loader_warning(view, {cut, length - cut}, {0, length}, message,
                                         "write rules into a file in /etc/driver-override.d"));
}

/// True if the parameter, if the kernel does not know it, becomes a variable of init. A name
/// with a dot is dropped in silence.
bool loader_takes_slot(const Parameter& parameter) {
  std::string word = ' ' + std::string(parameter.name) + ' ';
  std::replace(word.begin(), word.end(), '-', '_');
  return parameter.value && word.find('.') == std::string::npos &&
         kernel_names.find(word) == std::string_view::npos;
}

/// Only if a parameter of ours takes one of the slots: the others are not our concern.
void warn_of_slots_in_loader(const BootLoaderView& view, Messages& messages) {
  std::set<std::string_view> names;
  for (const Parameter& parameter : view.parameters())
    if (loader_takes_slot(parameter)) names.insert(parameter.name);
  const auto own = std::find_if(
      view.parameters().begin(), view.parameters().end(), [](const Parameter& parameter) {
        return parameter.value && same_parameter_name(parameter.name, main_name);
      });
  if (own == view.parameters().end() || names.size() < many_names) return;
  messages.push_back(boot_loader_warning(
      view, own->word, own->word,
      std::to_string(names.size()) +
          " parameters are perhaps unknown to the kernel, which panics at the 32nd unknown one",
      "write rd.driver_override= in place of driver_override=: a name with a dot does not count"));
}

/// A bad rule with such a bus reaches every bus.
void warn_of_bus_in_loader(const BootLoaderView& view, const Rule& rule, Messages& messages) {
  auto doubt = doubt_bus(rule.bus);
  if (!doubt) return;
  Span context{0, view.text().size()};
  if (const auto parameter = view.parameter_at(rule.span))
    context = view.parameters()[*parameter].word;
  const Span span{rule.span.offset, std::min(rule.text.find(','), rule.text.size())};
  messages.push_back(
      boot_loader_warning(view, span, context, std::move(doubt->text), std::move(doubt->hint)));
}

void warn_of_loader_source(const BootLoaderView& view, Source::Kind kind, const BootTarget& target,
                           Messages& messages) {
  const bool is_command_line = kind == Source::Kind::command_line;
  const bool came_through = target.has_booted && is_command_line;
  for (std::size_t number = 0; number < view.parameters().size() && !came_through; ++number) {
    warn_of_semicolon_in_loader(view, number, messages);
    warn_of_special_bytes_in_loader(view, number, messages);
  }
  for (const Rule* rule : view.rules()) warn_of_bus_in_loader(view, *rule, messages);
  if (is_command_line) warn_of_length_for_loader(view, target, messages);
  if (is_command_line && !came_through) warn_of_slots_in_loader(view, messages);
}

}  // namespace

std::string machine_of_boot_loader() {
  utsname names{};
  return ::uname(&names) == 0 ? static_cast<const char*>(names.machine) : "";
}

std::size_t boot_loader_limit(std::string_view machine) {
  // COMMAND_LINE_SIZE in arch/*/include/{uapi/,}asm/setup.h, less the NUL; include/asm-generic has
  // 512. armv8* is what a 32-bit program sees on arm64.
  constexpr std::array<std::pair<std::string_view, std::size_t>, 15> sizes = {{
      {"x86", 2048},
      {"i386", 2048},
      {"i486", 2048},
      {"i586", 2048},
      {"i686", 2048},
      {"aarch64", 2048},
      {"arm64", 2048},
      {"armv8", 2048},
      {"ppc", 2048},
      {"arm", 1024},
      {"riscv", 1024},
      {"mips", 4096},
      {"s390", 4096},
      {"loongarch", 4096},
      {"parisc", 1024},
  }};
  for (const auto& [start, size] : sizes)
    if (machine.starts_with(start)) return size - 1;
  return 511;
}

std::vector<Message> advise_on_boot_loader(const Configuration& configuration,
                                           const BootTarget& target) {
  Messages messages;
  for (std::size_t i = 0; i < configuration.sources.size(); ++i)
    warn_of_loader_source(BootLoaderView(configuration, i), configuration.sources[i].kind, target,
                          messages);
  return messages;
}

}  // namespace driver_override
