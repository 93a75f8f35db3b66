// SPDX-License-Identifier: Apache-2.0
/// \file
/// Chooses a method, and says which it was.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <dmaload/method.hpp>

namespace dmaload {

/// Name that stands for "the best that the machine offers".
inline constexpr std::string_view auto_method = "auto";

/// A method and mode that was not used, and why not.
struct PassedOver {
    const Method* method;
    Mode mode;
    Error reason;
};

/// One line for each reason, with the methods and modes that it stops:
/// "  udmabuf direct, udmabuf buffered: open /dev/udmabuf: ...".
[[nodiscard]] std::string describe(std::span<const PassedOver> ways);

/// A loaded file, and how it was loaded.
struct LoadOutcome {
    Loaded loaded;
    const Method* method;
    Mode mode;
    std::vector<PassedOver> passed_over;  ///< what would have come first, best first
};

/// Loads files by the best of the methods allowed. It probes once, when it is
/// made, and may then be used for many files and by several threads.
class Loader {
public:
    /// \p method is a method's name or `auto`. Without \p mode, direct is
    /// preferred and buffered is used where no method allowed can read
    /// directly. Fails with the probes' reasons where nothing works here, and
    /// with EINVAL where there is no method of that name.
    [[nodiscard]] static Result<Loader> create(std::string_view method = auto_method,
                                               std::optional<Mode> mode = std::nullopt,
                                               std::string heap = "system");

    /// Loads the file by the first choice. Only where that cannot hold a file
    /// of this size (EFBIG) is the next choice tried; the outcome says so.
    [[nodiscard]] Result<LoadOutcome> load(const std::string& file) const;

    struct Choice {
        const Method* method;
        Mode mode;
    };
    /// What load() will try, in this order; never empty.
    [[nodiscard]] const std::vector<Choice>& choices() const noexcept { return choices_; }

private:
    Loader() = default;

    std::string heap_;
    std::vector<Choice> choices_;
    std::vector<PassedOver> passed_over_;
};

}  // namespace dmaload
