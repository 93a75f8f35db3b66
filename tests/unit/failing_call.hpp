// SPDX-License-Identifier: Apache-2.0
/// \file
/// A system call that fails, for tests that have each one fail in turn.
#pragma once

#include <gtest/gtest.h>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include <dmaload/error.hpp>

#include "fake_kernel.hpp"
#include "test_file.hpp"

namespace dmaload::test {

class FailingCall {
public:
    /// The \p nth call of the kernel from now on, the first is 1, fails with \p code; those after it do not.
    FailingCall(FakeKernel& kernel, int nth, int code)
        : kernel_(kernel),
          nth_(nth),
          code_(code),
          fds_(count_fds()),
          mappings_(kernel.mappings()),
          accesses_(kernel.accesses())
    {
        kernel_.fault = [this](std::string_view call) -> std::optional<int> {
            if (++calls_ != nth_)
                return std::nullopt;
            name_ = call;
            return code_;
        };
    }
    FailingCall(const FailingCall&) = delete;
    FailingCall& operator=(const FailingCall&) = delete;
    ~FailingCall() { end(); }

    /// What is looked at from here on makes its calls in peace.
    void end() { kernel_.fault = nullptr; }
    /// Whether there were so many calls that one failed.
    [[nodiscard]] bool came() const { return !name_.empty(); }
    [[nodiscard]] std::string what() const
    {
        return name_ + " #" + std::to_string(nth_) + ": " + std::strerror(code_);
    }

    void expect_told(const Error& error) const
    {
        EXPECT_TRUE(came()) << error.message();
        EXPECT_FALSE(error.operation.empty()) << what();
        EXPECT_FALSE(error.object.empty()) << what();
        // UDMABUF_CREATE has only one reason for EINVAL, and it is named.
        if (!(code_ == EINVAL && error.code == EFBIG)) {
            EXPECT_EQ(error.code, code_) << what() << ": " << error.message();
        }
    }
    /// To be called when what was loaded, if it was, is gone.
    void expect_nothing_left() const
    {
        EXPECT_EQ(count_fds(), fds_) << what();
        // An end that fails ends nothing, here; nor is there more to do.
        EXPECT_EQ(kernel_.mappings() - mappings_, name_ == "munmap" ? 1 : 0) << what();
        EXPECT_LE(kernel_.accesses() - accesses_, name_ == "ioctl" ? 1 : 0) << what();
    }

private:
    FakeKernel& kernel_;
    int nth_;
    int code_;
    std::size_t fds_;
    int mappings_;
    int accesses_;
    int calls_ = 0;
    std::string name_{};
};

}  // namespace dmaload::test
