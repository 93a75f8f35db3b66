// SPDX-License-Identifier: Apache-2.0
/// \file
/// The fixture: a file, and a dma-buf of it from each origin.
#pragma once

#include <optional>
#include <stdexcept>

#include "drm_device.hpp"
#include "origin.hpp"
#include "support/fixture.hpp"

namespace importers {

class ImporterTest : public contract::ContractTest, public ::testing::WithParamInterface<Origin> {
protected:
    /// Several batches, several of the heap's chunks, and a tail.
    static constexpr std::uint64_t size = contract::megabyte + 300 * contract::kilobyte + 1000;

    void SetUp() override
    {
        ContractTest::SetUp();
        file_.emplace(contract::disk_folder(), size, seed);
    }

    [[nodiscard]] contract::UniqueFd load() const { return GetParam().make(*file_); }
    [[nodiscard]] static ::testing::AssertionResult holds_file(int dmabuf)
    {
        return contract::holds_pattern(dmabuf, size, seed);
    }
    /// An opening of the device that only imports.
    [[nodiscard]] static DrmDevice vgem()
    {
        auto device = DrmDevice::of_driver("vgem");
        if (!device)
            throw std::runtime_error(device.error());
        return std::move(*device);
    }

private:
    static constexpr std::uint64_t seed = 7;
    std::optional<contract::TemporaryFile> file_;
};

}  // namespace importers
