// SPDX-License-Identifier: LGPL-2.1-or-later
// "Did you mean": how far two words are apart, and which of several is nearest.
#pragma once

#include <string_view>
#include <vector>

namespace driver_override {

/// How many single letters must be put in, left out, replaced or swapped with their neighbour to
/// turn one word into the other; case does not count.
std::size_t spelling_distance(std::string_view one, std::string_view other);

/// The candidate that is nearest to the word, at most two steps away and less than half its length;
/// empty if there is none.
std::string_view nearest_word(std::string_view word,
                              const std::vector<std::string_view>& candidates);

}  // namespace driver_override
