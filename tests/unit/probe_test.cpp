// SPDX-License-Identifier: Apache-2.0
/// \file
/// What each method says about each machine.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <dmaload/method.hpp>

#include "fake_kernel.hpp"

namespace dmaload::test::probing {
namespace {

struct Case {
    const char* machine;
    std::function<void(FakeKernel&)> set_up;
    const char* method;
    Mode mode;
    int code;            ///< 0: available
    const char* advice;  ///< part of the message
};

void PrintTo(const Case& c, std::ostream* out)
{
    *out << c.machine << ": " << c.method << " " << to_string(c.mode);
}

void patched(FakeKernel&) {}

void stock(FakeKernel& kernel)
{
    kernel.knows_flag = false;
}

void without_op(FakeKernel& kernel)
{
    kernel.heaps["system"].reads_files = false;
}

void without_heaps(FakeKernel& kernel)
{
    kernel.heaps.clear();
}

void without_udmabuf(FakeKernel& kernel)
{
    kernel.has_udmabuf = false;
}

void without_rings(FakeKernel& kernel)
{
    kernel.ring_error = ENOSYS;
}

void deadly_rings(FakeKernel& kernel)
{
    kernel.ring_kills = true;
}

void old_rings(FakeKernel& kernel)
{
    kernel.ring_registers = false;
}

void without_comparison(FakeKernel& kernel)
{
    kernel.writes_buffers = false;
}

void without_hugetlb(FakeKernel& kernel)
{
    kernel.has_hugetlb = false;
}

void linux_6_12(FakeKernel& kernel)
{
    kernel.release = "6.12.117";
}

void forbidden(FakeKernel& kernel)
{
    kernel.open_errors = {{"/dev/dma_heap/system", EACCES}, {"/dev/udmabuf", EACCES}};
}

constexpr Mode direct = Mode::direct;
constexpr Mode buffered = Mode::buffered;

const Case cases[] = {
    {"patched", patched, "alloc-read", direct, 0, ""},
    {"patched", patched, "alloc-read", buffered, 0, ""},
    {"patched", patched, "udmabuf", direct, 0, ""},
    {"patched", patched, "udmabuf", buffered, 0, ""},
    {"patched", patched, "mmap-read", buffered, 0, ""},
    {"patched", patched, "mmap-read", direct, EFAULT, "PFN map"},
    {"stock", stock, "alloc-read", direct, EINVAL, "needs the patches"},
    {"stock", stock, "alloc-read", buffered, EINVAL, "needs the patches"},
    {"stock", stock, "udmabuf", direct, 0, ""},
    {"stock", stock, "udmabuf-uring", direct, 0, ""},
    {"stock", stock, "udmabuf-uring", buffered, 0, ""},
    {"stock", stock, "udmabuf-uring-fixed", direct, 0, ""},
    {"stock", stock, "mmap-read", buffered, 0, ""},
    {"no io_uring", without_rings, "udmabuf-uring", direct, ENOSYS, "CONFIG_IO_URING"},
    {"sandbox", deadly_rings, "udmabuf-uring", direct, EPERM, "a sandbox forbids io_uring"},
    {"Linux 5.15", old_rings, "udmabuf-uring", direct, 0, ""},
    {"Linux 5.15", old_rings, "udmabuf-uring-fixed", direct, EINVAL, "5.19"},
    {"heap without the op", without_op, "alloc-read", direct, EOPNOTSUPP, "`dmaload heaps`"},
    {"heap without the op", without_op, "mmap-read", buffered, 0, ""},
    {"no heaps", without_heaps, "alloc-read", direct, ENOENT, "CONFIG_DMABUF_HEAPS"},
    {"no heaps", without_heaps, "mmap-read", buffered, ENOENT, "CONFIG_DMABUF_HEAPS"},
    {"no heaps", without_heaps, "mmap-read", direct, EFAULT, "PFN map"},
    {"no heaps", without_heaps, "udmabuf", direct, 0, ""},
    {"no udmabuf", without_udmabuf, "udmabuf", direct, ENOENT, "modprobe udmabuf"},
    {"no udmabuf", without_udmabuf, "udmabuf", buffered, ENOENT, "modprobe udmabuf"},
    {"no udmabuf", without_udmabuf, "udmabuf-uring", direct, ENOENT, "modprobe udmabuf"},
    {"patched to compare", patched, "sendfile-heap", direct, 0, ""},
    {"patched to compare", patched, "splice-heap", buffered, 0, ""},
    {"patched to compare", patched, "copy-file-range", direct, 0, ""},
    {"the series alone", without_comparison, "sendfile-heap", direct, EINVAL, "needs the comparison patch"},
    {"the series alone", without_comparison, "splice-heap", buffered, EINVAL, "needs the comparison patch"},
    {"the series alone", without_comparison, "copy-file-range", direct, EINVAL, "needs the comparison patch"},
    {"the series alone", without_comparison, "alloc-read", direct, 0, ""},
    {"Linux 6.14", patched, "dontcache-read", buffered, 0, ""},
    {"Linux 6.12", linux_6_12, "dontcache-read", buffered, EOPNOTSUPP, "6.14"},
    {"Linux 6.14", patched, "dontcache-read", direct, EINVAL, "buffered mode"},
    {"stock", stock, "udmabuf-4k", direct, 0, ""},
    {"hugetlb pages", patched, "udmabuf-hugetlb", direct, 0, ""},
    {"no hugetlb pages", without_hugetlb, "udmabuf-hugetlb", direct, ENOMEM, "vm.nr_overcommit_hugepages"},
    {"no udmabuf", without_udmabuf, "udmabuf-hugetlb", direct, ENOENT, "modprobe udmabuf"},
    {"no udmabuf", without_udmabuf, "sendfile-memfd", direct, ENOENT, "modprobe udmabuf"},
    {"the series alone", without_comparison, "sendfile-memfd", direct, 0, ""},
    {"the series alone", without_comparison, "splice-memfd", buffered, 0, ""},
    {"stock", stock, "bounce-uring", direct, 0, ""},
    {"no io_uring", without_rings, "bounce-uring", direct, ENOSYS, "CONFIG_IO_URING"},
    {"no heaps", without_heaps, "bounce-uring", direct, ENOENT, "CONFIG_DMABUF_HEAPS"},
    {"no heaps", without_heaps, "mmap-copy", buffered, ENOENT, "CONFIG_DMABUF_HEAPS"},
    {"stock", stock, "mmap-copy", direct, EINVAL, "page cache"},
    {"no heaps", without_heaps, "mmap-file", buffered, 0, ""},
    {"no heaps", without_heaps, "mmap-file", direct, EINVAL, "page cache"},
    {"no heaps", without_heaps, "splice-heap", direct, ENOENT, "CONFIG_DMABUF_HEAPS"},
    {"forbidden", forbidden, "alloc-read", direct, EACCES, "Run as root"},
    {"forbidden", forbidden, "mmap-read", buffered, EACCES, "Run as root"},
    {"forbidden", forbidden, "udmabuf", direct, EACCES, "Run as root"},
};

class Probe : public testing::TestWithParam<Case> {};

TEST_P(Probe, SaysWhetherAndWhyNot)
{
    const Case& c = GetParam();
    FakeKernel kernel;
    c.set_up(kernel);
    const ScopedSyscalls scope(kernel);
    const std::size_t fds = count_fds();

    const auto available = find_method(c.method)->probe("system", c.mode);
    EXPECT_EQ(available ? 0 : available.error().code, c.code);
    if (!available) {
        EXPECT_THAT(available.error().message(), testing::HasSubstr(c.advice));
    }
    EXPECT_EQ(count_fds(), fds);
    EXPECT_EQ(kernel.mappings(), 0);
}

INSTANTIATE_TEST_SUITE_P(Machines, Probe, testing::ValuesIn(cases));

TEST(Methods, AreFoundByNameAndOrderedBestFirst)
{
    std::vector<std::string_view> best;
    std::set<std::string_view> names;
    for (const Method* method : methods()) {
        EXPECT_TRUE(names.insert(method->name()).second) << method->name();
        EXPECT_EQ(method, find_method(method->name()));
        if (!method->for_comparison())
            best.push_back(method->name());
    }
    EXPECT_THAT(best, testing::ElementsAre("alloc-read", "udmabuf-uring", "udmabuf", "mmap-read"));
    EXPECT_EQ(find_method("auto"), nullptr);
    EXPECT_EQ(find_method(""), nullptr);
}

TEST(Methods, HaveVariantsThatAreFoundByName)
{
    const Method* const uring = find_method("udmabuf-uring");
    ASSERT_GE(uring->variants().size(), 2U);
    for (const Method* variant : uring->variants()) {
        EXPECT_TRUE(variant->name().starts_with("udmabuf-uring:")) << variant->name();
        EXPECT_EQ(find_method(variant->name()), variant);
        EXPECT_EQ(std::ranges::count(methods(), variant), 0);
    }
}

}  // namespace
}  // namespace dmaload::test::probing
