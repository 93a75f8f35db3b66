// SPDX-License-Identifier: Apache-2.0
#include "support/heap.hpp"

#include <cerrno>
#include <cstdlib>
#include <filesystem>

#include <gtest/gtest.h>
#include <linux/dma-buf.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <unistd.h>

namespace contract {
namespace {

constexpr const char* heap_folder = "/dev/dma_heap/";

Outcome call(int heap, dma_heap_allocation_data& data)
{
    const std::uint32_t fd_before = data.fd;
    if (::ioctl(heap, DMA_HEAP_IOCTL_ALLOC, &data) < 0) {
        const int error = errno;
        EXPECT_EQ(data.fd, fd_before) << "a failed call wrote to the fd field";
        return {Errno{error}, UniqueFd()};
    }
    return {Errno{}, UniqueFd(static_cast<int>(data.fd))};
}

void synchronize(int dmabuf, std::uint64_t flags)
{
    dma_buf_sync sync{flags};
    if (::ioctl(dmabuf, DMA_BUF_IOCTL_SYNC, &sync) < 0)
        throw_errno("DMA_BUF_IOCTL_SYNC");
}

}  // namespace

Outcome alloc_read(int heap, const Request& request)
{
    dma_heap_allocation_data data{};
    data.file_fd = request.file_fd;
    data.reserved = request.reserved;
    data.fd = request.fd;
    data.fd_flags = request.fd_flags;
    data.heap_flags = request.heap_flags;
    return call(heap, data);
}

Outcome alloc_read(int heap, int file)
{
    return alloc_read(heap, Request{.file_fd = file});
}

Outcome alloc(int heap, std::uint64_t size)
{
    dma_heap_allocation_data data{};
    data.len = size;
    data.fd_flags = O_RDWR | O_CLOEXEC;
    return call(heap, data);
}

UniqueFd open_heap(const std::string& name)
{
    return open_file(heap_folder + name, O_RDONLY);
}

std::vector<std::string> reading_heaps()
{
    std::vector<std::string> names{"system"};
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(heap_folder, ignored))
        if (const std::string name = entry.path().filename().string(); name != "system")
            names.push_back(name);
    return names;
}

std::optional<std::string> heap_without_reading()
{
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(heap_folder, ignored)) {
        std::string name = entry.path().filename().string();
        if (alloc_read(open_heap(name).get(), -1).error == Errno{EOPNOTSUPP})
            return name;
    }
    return std::nullopt;
}

std::optional<long> count_dmabufs()
{
    constexpr const char* list = "/sys/kernel/debug/dma_buf/bufinfo";
    if (::access(list, R_OK) != 0 && ::mount("debugfs", "/sys/kernel/debug", "debugfs", 0, nullptr) != 0)
        return std::nullopt;
    if (::access(list, R_OK) != 0)
        return std::nullopt;
    const std::string text = read_text(list);
    const std::size_t total = text.rfind("\nTotal ");
    if (total == std::string::npos)
        return std::nullopt;
    return std::strtol(text.c_str() + total + 7, nullptr, 10);
}

std::uint64_t dmabuf_size(int dmabuf)
{
    const off_t size = ::lseek(dmabuf, 0, SEEK_END);
    if (size < 0 || ::lseek(dmabuf, 0, SEEK_SET) != 0)
        throw_errno("lseek of a dma-buf");
    return static_cast<std::uint64_t>(size);
}

View::View(int dmabuf) : dmabuf_(dmabuf)
{
    const std::size_t size = dmabuf_size(dmabuf);
    void* address = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, dmabuf, 0);
    if (address == MAP_FAILED)
        throw_errno("mmap of a dma-buf");
    bytes_ = {static_cast<const std::byte*>(address), size};
    synchronize(dmabuf_, DMA_BUF_SYNC_START | DMA_BUF_SYNC_READ);
}

View::~View()
{
    EXPECT_NO_THROW(synchronize(dmabuf_, DMA_BUF_SYNC_END | DMA_BUF_SYNC_READ));
    ::munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
}

}  // namespace contract
