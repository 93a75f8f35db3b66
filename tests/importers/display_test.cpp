// SPDX-License-Identifier: Apache-2.0
// A driver reads the loaded buffer itself, every byte of it, and tells what it
// has read by a checksum.
#include <optional>

#include <dmaload/pattern.hpp>

#include "attachments.hpp"
#include "display.hpp"
#include "importer_test.hpp"
#include "write_access.hpp"

namespace importers {
namespace {

constexpr std::uint64_t seed = 9;

/// The checksums that are expected, of a buffer of the display's own.
class Expected {
public:
    explicit Expected(const Display& display) : display_(display), frame_(display)
    {
        dmaload::pattern::fill(frame_.bytes(), 0, seed);
    }
    [[nodiscard]] std::uint32_t checksum() const { return display_.checksum(frame_.object()); }
    void change(std::size_t place) { frame_.bytes()[place] ^= std::byte{1}; }

private:
    const Display& display_;
    DumbBuffer frame_;
};

class DisplayTest : public contract::ContractTest {
protected:
    void SetUp() override
    {
        ContractTest::SetUp();
        auto display = Display::find();
        if (!display)
            GTEST_SKIP() << display.error() << ": boot a kernel that scripts/kernel build --debug made";
        display_.emplace(std::move(*display));
    }
    void TearDown() override
    {
        display_.reset();
        ContractTest::TearDown();
    }
    [[nodiscard]] const Display& display() const { return *display_; }

private:
    std::optional<Display> display_;
};

// What the other tests rest on: no byte can differ without being seen.
TEST_F(DisplayTest, ChecksumIsOfEveryByte)
{
    Expected expected(display());
    const std::uint32_t before = expected.checksum();
    EXPECT_EQ(expected.checksum(), before) << "the same bytes give another checksum";
    for (const std::size_t place : {std::size_t{0}, std::size_t{1}, Display::frame_bytes / 2 + 1,
                                    Display::frame_bytes - 2, Display::frame_bytes - 1}) {
        expected.change(place);
        EXPECT_NE(expected.checksum(), before) << "byte " << place << " makes no difference";
        expected.change(place);
    }
    EXPECT_EQ(expected.checksum(), before);
}

class DisplayedTest : public DisplayTest, public ::testing::WithParamInterface<Origin> {};

TEST_P(DisplayedTest, DeviceReadsTheFilesBytes)
{
    const contract::TemporaryFile file(contract::disk_folder(), Display::frame_bytes, seed);
    contract::UniqueFd dmabuf = GetParam().make(file);
    const BufferObject object = BufferObject::imported(display().device(), dmabuf.get());
    EXPECT_EQ(attached_devices(dmabuf.get()), std::vector<std::string>{"vkms"});
    const std::uint32_t expected = Expected(display()).checksum();
    EXPECT_EQ(display().checksum(object), expected);
    // Nor does it need anybody else who has the buffer.
    dmabuf.reset();
    EXPECT_EQ(display().checksum(object), expected);
}

TEST_P(DisplayedTest, DeviceReadsWhatTheCpuHasWritten)
{
    constexpr std::size_t place = Display::frame_bytes / 3;
    const contract::TemporaryFile file(contract::disk_folder(), Display::frame_bytes, seed);
    const contract::UniqueFd dmabuf = GetParam().make(file);
    const BufferObject object = BufferObject::imported(display().device(), dmabuf.get());
    const std::uint32_t before = display().checksum(object);
    {
        const WriteAccess access(dmabuf.get());
        access.bytes()[place] ^= std::byte{1};
    }
    Expected expected(display());
    expected.change(place);
    const std::uint32_t after = display().checksum(object);
    EXPECT_NE(after, before);
    EXPECT_EQ(after, expected.checksum());
}

INSTANTIATE_TEST_SUITE_P(All, DisplayedTest, ::testing::ValuesIn(all_origins()), origin_name);

}  // namespace
}  // namespace importers
