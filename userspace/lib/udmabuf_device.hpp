// SPDX-License-Identifier: Apache-2.0
/// \file
/// /dev/udmabuf, the driver that makes dma-bufs of memfds.
#pragma once

#include <cstdint>

#include <dmaload/error.hpp>
#include <dmaload/unique_fd.hpp>

#include "file_source.hpp"

namespace dmaload {

class UdmabufDevice {
public:
    [[nodiscard]] static Result<UdmabufDevice> open();

    /// The same for who will make a dma-buf of the file's buffer_size(): EFBIG
    /// where that cannot be, before gigabytes are read in vain, so that whoever
    /// may choose tries another method.
    [[nodiscard]] static Result<UdmabufDevice> open_for(const FileSource& file);

    /// Makes a dma-buf of the first buffer_size() bytes of the memfd, which is
    /// sealed against shrinking. Their pages may be written to meanwhile and
    /// afterwards: by the CPU, and by reads in flight.
    [[nodiscard]] Result<UniqueFd> make_dmabuf(const UniqueFd& memfd, const FileSource& file) const;

private:
    explicit UdmabufDevice(UniqueFd fd) : fd_(std::move(fd)) {}

    UniqueFd fd_;
};

}  // namespace dmaload
