// SPDX-License-Identifier: Apache-2.0
// A loaded buffer goes to other processes, and outlives the one that loaded it.
#include "attachments.hpp"
#include "importer_test.hpp"
#include "support/fd_channel.hpp"
#include "support/process.hpp"

namespace importers {
namespace {

using ShareTest = ImporterTest;

// What a child throws must end it, not unwind into the tests: noexcept.

TEST_P(ShareTest, AnotherProcessReadsTheBuffer)
{
    const contract::FdChannel channel;
    // Forked before the buffer is there: it has nothing but what is sent.
    contract::Child reader([&] {
        const contract::UniqueFd dmabuf = channel.receive();
        return holds_file(dmabuf.get()) ? 0 : 1;
    });
    const contract::UniqueFd dmabuf = load();
    channel.send(dmabuf.get());
    EXPECT_EQ(reader.wait(), 0) << "the process that the buffer was sent to does not find the file in it";
    EXPECT_TRUE(holds_file(dmabuf.get()));
}

TEST_P(ShareTest, AnotherProcessImportsTheBuffer)
{
    const contract::FdChannel channel;
    contract::Child importer([&] {
        const DrmDevice device = vgem();
        contract::UniqueFd dmabuf = channel.receive();
        const BufferObject object = BufferObject::imported(device, dmabuf.get());
        dmabuf.reset();
        return holds_file(object.exported().get()) ? 0 : 1;
    });
    const contract::UniqueFd dmabuf = load();
    channel.send(dmabuf.get());
    EXPECT_EQ(importer.wait(), 0);
    EXPECT_EQ(attached_devices(dmabuf.get()), std::vector<std::string>{});
    EXPECT_TRUE(holds_file(dmabuf.get()));
}

TEST_P(ShareTest, BufferOutlivesTheProcessThatLoadedIt)
{
    const contract::FdChannel channel;
    contract::Child loader([&] {
        channel.send(load().get());
        return 0;
    });
    ASSERT_EQ(loader.wait(), 0);
    // Until here only the message refers to the buffer.
    const contract::UniqueFd dmabuf = channel.receive();
    EXPECT_TRUE(holds_file(dmabuf.get()));
    const DrmDevice device = vgem();
    const BufferObject object = BufferObject::imported(device, dmabuf.get());
    EXPECT_TRUE(holds_file(object.exported().get()));
}

TEST_P(ShareTest, MessageThatNobodyReceivesGivesTheBufferBack)
{
    {
        const contract::FdChannel channel;
        channel.send(load().get());
    }
    EXPECT_TRUE(dmabufs_are_gone());
}

INSTANTIATE_TEST_SUITE_P(All, ShareTest, ::testing::ValuesIn(all_origins()), origin_name);

}  // namespace
}  // namespace importers
