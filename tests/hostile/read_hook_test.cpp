// SPDX-License-Identifier: Apache-2.0
// Contract, rule 8: whichever security module there is, it is asked at each of
// the engine's reads. Seen by the function tracer: the hook is called in the
// task of the caller, as often as the file is read.
#include <algorithm>
#include <cerrno>
#include <memory>
#include <sstream>
#include <string>

#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

#include "support/fixture.hpp"
#include "support/ranges.hpp"

namespace hostile {
namespace {

using contract::Errno;
using contract::megabyte;
using contract::UniqueFd;

constexpr const char* tracing = "/sys/kernel/tracing";
constexpr const char* hook = "security_file_permission";

std::string path_of(const char* name)
{
    std::string path = tracing;
    path += '/';
    path += name;
    return path;
}

/// The lines of a trace that are calls of the hook.
long hooks_in(const std::string& trace)
{
    std::istringstream lines(trace);
    long count = 0;
    for (std::string line; std::getline(lines, line);)
        count += !line.starts_with('#') && line.find(hook) != std::string::npos ? 1 : 0;
    return count;
}

/// Counts the calls of the hook that this thread makes while it is on.
class HookTrace {
public:
    static std::string why_not()
    {
        if (::access(path_of("current_tracer").c_str(), W_OK) != 0 &&
            ::mount("tracefs", tracing, "tracefs", 0, nullptr) != 0)
            return "there is no tracefs";
        if (::access(path_of("set_ftrace_filter").c_str(), W_OK) != 0)
            return "the kernel has no function tracer (scripts/kernel build --debug)";
        return {};
    }

    HookTrace()
    {
        set("tracing_on", "0");
        clear("set_ftrace_filter");
        set("set_ftrace_filter", hook);
        clear("set_ftrace_pid");
        set("set_ftrace_pid", std::to_string(::gettid()));
        set("current_tracer", "function");
    }
    HookTrace(const HookTrace&) = delete;
    HookTrace& operator=(const HookTrace&) = delete;
    ~HookTrace()
    {
        static_cast<void>(contract::write_text(path_of("current_tracer"), "nop"));
        clear("set_ftrace_pid");
        clear("set_ftrace_filter");
        static_cast<void>(contract::write_text(path_of("tracing_on"), "1"));
    }

    /// How often the hook was called while \p action ran. Switching the trace
    /// off is a write, which calls it too: that is taken off.
    template <class Action>
    long during(Action action) const
    {
        const long nothing = count([] {});
        return count(action) - nothing;
    }

private:
    static void set(const char* name, const std::string& text)
    {
        if (const Errno error = contract::write_text(path_of(name), text); error.value != 0) {
            errno = error.value;
            contract::throw_errno("write " + path_of(name));
        }
    }
    static void clear(const char* name)
    {
        const UniqueFd cleared(::open(path_of(name).c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC));
    }
    template <class Action>
    static long count(Action action)
    {
        clear("trace");
        set("tracing_on", "1");
        action();
        set("tracing_on", "0");
        return hooks_in(contract::read_text(path_of("trace")));
    }
};

class ReadHookTest : public contract::PlaceTest {
protected:
    // One trace for all: tracing a function patches the kernel's code, which is not done more often than
    // needed.
    static void SetUpTestSuite()
    {
        if (HookTrace::why_not().empty())
            trace_ = std::make_unique<HookTrace>();
    }
    static void TearDownTestSuite() { trace_.reset(); }
    void SetUp() override
    {
        PlaceTest::SetUp();
        if (!IsSkipped() && !trace_)
            GTEST_SKIP() << HookTrace::why_not();
    }
    static const HookTrace& trace() { return *trace_; }

private:
    static inline std::unique_ptr<HookTrace> trace_;
};

TEST_P(ReadHookTest, IsCalledAtEachRead)
{
    const contract::TemporaryFile file(folder(), 12 * megabyte + 77);
    const UniqueFd fd = open(file);
    alignas(4096) static char bytes[4096];
    ASSERT_EQ(trace().during([&] { ASSERT_EQ(::pread(fd.get(), bytes, sizeof(bytes), 0), 4096); }), 1)
        << "the trace does not show the hook of read(2)";

    contract::Outcome loaded;
    // No batch is longer than 8 MB, and the first ones are shorter: 256 KB, 512 KB, 1 MB ...
    EXPECT_GE(trace().during([&] { loaded = load(fd.get()); }), 6);
    ASSERT_EQ(loaded.error, Errno{});
    EXPECT_EQ(trace().during([&] { EXPECT_EQ(load(-1).error, Errno{EBADF}); }), 0);
}

TEST_P(ReadHookTest, IsCalledForEachRange)
{
    const contract::TemporaryFile file(folder(), 64 * contract::kilobyte);
    const UniqueFd fd = open(file);
    std::vector<contract::Piece> pieces;
    for (std::uint64_t i = 0; i < 16; ++i)
        pieces.push_back(
            {.fd = fd.get(), .file_offset = i * 4096, .length = 4096, .buffer_offset = i * 8192});
    contract::RangesOutcome loaded;
    EXPECT_GE(trace().during([&] { loaded = read_ranges(heap(), contract::request_for(pieces)); }), 16);
    ASSERT_EQ(loaded.error, Errno{});
}

INSTANTIATE_TEST_SUITE_P(All, ReadHookTest, ::testing::ValuesIn(contract::all_places()),
                         contract::place_name);

}  // namespace
}  // namespace hostile
