// SPDX-License-Identifier: Apache-2.0
#include "support/oom_log.hpp"

#include <string>

#include <gtest/gtest.h>

namespace hostile {
namespace {

std::string report(const std::string& name, const std::string& trace)
{
    return name + " invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=1000\n" +
           "Call Trace:\n <TASK>\n dump_stack_lvl+0x8a/0xa0\n out_of_memory+0x294/0xa30\n" + trace +
           " entry_SYSCALL_64_after_hwframe+0x76/0x7e\nMem-Info:\nactive_anon:1 inactive_anon:2\n";
}

TEST(OomLogTest, AnAllocationOfTheHeapIsFound)
{
    const std::string log = report("first", " asm_exc_page_fault+0x27/0x30\n") +
                            report("second",
                                   " sg_alloc_table+0x30/0x90\n system_heap_do_allocate+0x5e5/0x900\n"
                                   " dma_heap_ioctl+0x2d1/0x4c0\n");
    const std::string found = oom_reports_of_heaps(log);
    EXPECT_EQ(found.rfind("second invoked", 0), 0U) << found;
    EXPECT_EQ(found.find("first"), std::string::npos) << found;
    EXPECT_EQ(found.find("active_anon"), std::string::npos) << found;
}

TEST(OomLogTest, AllocationsOfOthersAreNot)
{
    EXPECT_EQ(oom_reports_of_heaps(report("fault",
                                          " ? dma_heap_ioctl+0x2d1/0x4c0\n"
                                          " asm_exc_page_fault+0x27/0x30\n")),
              "");
    EXPECT_EQ(oom_reports_of_heaps(report("filesystem",
                                          " iomap_dio_rw+0x10/0x40\n ext4_file_read_iter+0x14e/0x410\n"
                                          " dma_heap_read_add+0x111/0x1f0\n"
                                          " system_heap_do_allocate+0x5e5/0x900\n")),
              "");
    EXPECT_EQ(oom_reports_of_heaps("dma_heap: added heap\nMem-Info:\n"), "");
}

}  // namespace
}  // namespace hostile
