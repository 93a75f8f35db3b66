// SPDX-License-Identifier: Apache-2.0
// A driver attaches to a loaded buffer and maps it for its device, as that of
// a GPU does; what it exports again is the buffer.
#include "attachments.hpp"
#include "importer_test.hpp"

namespace importers {
namespace {

using Devices = std::vector<std::string>;

using ImportTest = ImporterTest;

TEST_P(ImportTest, DeviceIsAttachedWhileItHasTheBuffer)
{
    const DrmDevice device = vgem();
    const contract::UniqueFd dmabuf = load();
    EXPECT_EQ(attached_devices(dmabuf.get()), Devices{});
    {
        const BufferObject object = BufferObject::imported(device, dmabuf.get());
        EXPECT_EQ(attached_devices(dmabuf.get()), Devices{"vgem"});
        EXPECT_TRUE(holds_file(dmabuf.get()));
    }
    EXPECT_EQ(attached_devices(dmabuf.get()), Devices{});
    EXPECT_TRUE(holds_file(dmabuf.get()));
}

TEST_P(ImportTest, WhatIsExportedAgainIsTheBuffer)
{
    const DrmDevice device = vgem();
    const contract::UniqueFd dmabuf = load();
    const BufferObject object = BufferObject::imported(device, dmabuf.get());
    const contract::UniqueFd again = object.exported();
    EXPECT_TRUE(holds_file(again.get()));
    // Not a copy: it has the device attached as well.
    EXPECT_EQ(attached_devices(again.get()), Devices{"vgem"});
}

TEST_P(ImportTest, ImporterKeepsTheBuffer)
{
    const DrmDevice device = vgem();
    contract::UniqueFd dmabuf = load();
    const BufferObject object = BufferObject::imported(device, dmabuf.get());
    dmabuf.reset();
    for (int round = 0; round < 2; ++round) {
        const contract::UniqueFd again = object.exported();
        EXPECT_TRUE(holds_file(again.get()));
    }
}

TEST_P(ImportTest, SeveralImportersShareTheBuffer)
{
    const DrmDevice one = vgem();
    const DrmDevice other = vgem();
    contract::UniqueFd dmabuf = load();
    const BufferObject second = BufferObject::imported(other, dmabuf.get());
    contract::UniqueFd again;
    {
        const BufferObject first = BufferObject::imported(one, dmabuf.get());
        EXPECT_EQ(attached_devices(dmabuf.get()), (Devices{"vgem", "vgem"}));
        dmabuf.reset();
        again = first.exported();
        EXPECT_TRUE(holds_file(again.get()));
    }
    EXPECT_EQ(attached_devices(again.get()), Devices{"vgem"});
    EXPECT_TRUE(holds_file(second.exported().get()));
}

// An importer that goes away without a word, as one whose process is killed.
TEST_P(ImportTest, DeviceClosedWithTheBufferInUseLetsGoOfIt)
{
    const contract::UniqueFd dmabuf = load();
    {
        const DrmDevice device = vgem();
        BufferObject object = BufferObject::imported(device, dmabuf.get());
        object.forget();
        EXPECT_EQ(attached_devices(dmabuf.get()), Devices{"vgem"});
    }
    EXPECT_EQ(attached_devices(dmabuf.get()), Devices{});
    EXPECT_TRUE(holds_file(dmabuf.get()));
}

INSTANTIATE_TEST_SUITE_P(All, ImportTest, ::testing::ValuesIn(all_origins()), origin_name);

}  // namespace
}  // namespace importers
