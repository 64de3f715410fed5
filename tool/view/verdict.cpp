// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/view/verdict.hpp"

namespace driver_override {
namespace {

void count_for_verdict(const std::vector<Message>& messages, Verdict& verdict) {
  for (const Message& message : messages) {
    if (message.severity == Severity::error) ++verdict.errors;
    if (message.severity == Severity::warning) ++verdict.warnings;
  }
}

std::string counted_in_verdict(std::size_t number, const char* noun) {
  return std::to_string(number) + " " + noun + (number == 1 ? "" : "s");
}

}  // namespace

Verdict reach_verdict(const Configuration& configuration, const std::vector<PlanRow>& rows,
                      const std::vector<Message>& warnings) {
  Verdict verdict;
  for (const PlanRow& row : rows) {
    if (row.step == PlannedStep::set) ++verdict.set;
    if (row.step == PlannedStep::keep) ++verdict.kept;
    if (row.step == PlannedStep::skip) ++verdict.skipped;
    if (row.refused) ++verdict.errors;
  }
  count_for_verdict(configuration.messages, verdict);
  count_for_verdict(warnings, verdict);
  verdict.is_ready = configuration.enabled && verdict.warnings == 0 && verdict.errors == 0;
  verdict.text = std::to_string(verdict.set) + " to set, " + std::to_string(verdict.kept) +
                 " kept, " + std::to_string(verdict.skipped) + " skipped";
  if (verdict.errors > 0) verdict.text += ", " + counted_in_verdict(verdict.errors, "error");
  if (verdict.warnings > 0) verdict.text += ", " + counted_in_verdict(verdict.warnings, "warning");
  if (!configuration.enabled) verdict.text += ", switched off";
  return verdict;
}

}  // namespace driver_override
