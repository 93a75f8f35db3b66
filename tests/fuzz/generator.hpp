// SPDX-License-Identifier: Apache-2.0
/// \file
/// Random calls: right ones, right ones of which something was changed, and
/// right ones with something happening meanwhile.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "call.hpp"
#include "files.hpp"
#include "random.hpp"

namespace fuzz {

class Generator {
public:
    /// \p heaps: from which calls may allocate. Which files there are decides
    /// as well: the same seed gives the same calls on the same kernel.
    Generator(const Files& files, std::vector<std::string> heaps, bool compat);

    /// The call of that number in the sequence of a seed.
    [[nodiscard]] Call make(std::uint64_t seed, std::uint64_t number) const;

private:
    /// One in \p many calls with ranges has as many as there may be.
    [[nodiscard]] Call right_call(Random& random, std::uint64_t many) const;
    [[nodiscard]] RangeSpec right_range(Random& random, std::uint64_t buffer_offset) const;
    void change(Call& call, Random& random) const;
    void change_ranges(Call& call, Random& random) const;
    void disturb(Call& call, Random& random) const;
    [[nodiscard]] const std::string& any_file(Random& random) const;
    [[nodiscard]] const std::string& small_file(Random& random) const;

    const Files& files_;
    std::vector<std::string> heaps_;
    bool compat_;
    std::vector<std::string> all_;
    std::vector<std::string> loadable_;
    std::vector<std::string> small_;
};

}  // namespace fuzz
