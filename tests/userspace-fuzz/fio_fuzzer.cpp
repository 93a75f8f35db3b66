// SPDX-License-Identifier: Apache-2.0
/// \file
/// What fio prints.
#include <bench/fio.hpp>

#include <cstdint>
#include <string_view>

#include "require.hpp"

using dmaload::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    constexpr std::uint64_t file_size = 268435456;  // as in the corpus
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto time = dmaload::bench::fio_time(text, file_size);
    require(time ? time->count() >= 0 : !time.error().message().empty(), "a time, or why there is none");
    return 0;
}
