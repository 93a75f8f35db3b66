// SPDX-License-Identifier: Apache-2.0
// A security module that is asked at each read (AppArmor): a process opens a
// file, and only then takes on a profile that denies it the file. read(2) of the
// descriptor gives EACCES from then on, and so does a load.
#include <array>
#include <cerrno>
#include <fstream>
#include <string>

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/block.hpp"
#include "support/fixture.hpp"
#include "support/process.hpp"
#include "support/ranges.hpp"

namespace hostile {
namespace {

using contract::Errno;
using contract::megabyte;
using contract::UniqueFd;

constexpr const char* securityfs = "/sys/kernel/security";
constexpr const char* policy = "/sys/kernel/security/apparmor/.replace";
constexpr const char* parser = "/sbin/apparmor_parser";
constexpr const char* policy_text = "/tmp/dmaload-profiles";
constexpr std::uint64_t size = 3 * megabyte + 77;

/// What a process under a profile got, as errno or 0.
struct Answers {
    int confined = -1;  ///< it took on the profile
    int read = -1;      ///< read(2)
    int load = -1;      ///< by the flag
    int ranges = -1;    ///< by the ioctl
};

class AppArmorTest : public contract::PlaceTest {
protected:
    void SetUp() override
    {
        PlaceTest::SetUp();
        if (IsSkipped())
            return;
        if (::access(policy, W_OK) != 0)
            ::mount("securityfs", securityfs, "securityfs", 0, nullptr);
        if (::access(policy, W_OK) != 0)
            GTEST_SKIP() << "AppArmor is not the security module here (lsm=apparmor)";
        ASSERT_EQ(::access(parser, X_OK), 0) << parser << " is missing (Debian's package apparmor)";
    }

    /// Two profiles, of which the second denies a file that the first one allows.
    static void load_profiles(const std::string& file)
    {
        constexpr const char* everything_else = "  file,\n  capability,\n  network,\n  unix,\n  signal,\n";
        std::ofstream(policy_text) << "profile dmaload-allowed {\n"
                                   << everything_else << "  change_profile -> dmaload-denied,\n}\n"
                                   << "profile dmaload-denied {\n"
                                   << everything_else << "  deny " << file << " r,\n}\n";
        ASSERT_EQ(contract::run({"apparmor_parser", "--replace", "--skip-cache", policy_text}), 0);
    }

    /// What the present process gets of a descriptor.
    void ask(int file, Answers& answers) const
    {
        alignas(4096) static char bytes[4096];
        answers.read = ::pread(file, bytes, sizeof(bytes), 0) < 0 ? errno : 0;
        answers.load = load(file).error.value;
        answers.ranges =
            contract::read_ranges(heap(), contract::request_for({{.fd = file, .length = size}})).error.value;
    }
};

TEST_P(AppArmorTest, DeniesWhatIsOpen)
{
    const contract::TemporaryFile file(folder(), size);
    ASSERT_NO_FATAL_FAILURE(load_profiles(file.path()));
    int ends[2];
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    const UniqueFd ours(ends[0]);
    const UniqueFd theirs(ends[1]);
    contract::Child confined([&] {
        std::array<Answers, 2> answers;
        constexpr const char* profile = "/proc/self/attr/current";
        answers[0].confined = contract::write_text(profile, "changeprofile dmaload-allowed").value;
        const UniqueFd fd = open(file);
        ask(fd.get(), answers[0]);
        answers[1].confined = contract::write_text(profile, "changeprofile dmaload-denied").value;
        ask(fd.get(), answers[1]);
        return ::write(theirs.get(), answers.data(), sizeof(answers)) == sizeof(answers) ? 0 : 1;
    });
    const auto status = confined.wait();
    ASSERT_TRUE(status && WIFEXITED(*status) && WEXITSTATUS(*status) == 0);
    std::array<Answers, 2> answers;
    ASSERT_EQ(::read(ours.get(), answers.data(), sizeof(answers)), static_cast<ssize_t>(sizeof(answers)));

    const auto& [allowed, denied] = answers;
    EXPECT_EQ(Errno{allowed.confined}, Errno{});
    EXPECT_EQ(Errno{allowed.read}, Errno{});
    EXPECT_EQ(Errno{allowed.load}, Errno{});
    EXPECT_EQ(Errno{allowed.ranges}, Errno{});
    EXPECT_EQ(Errno{denied.confined}, Errno{});
    EXPECT_EQ(Errno{denied.read}, Errno{EACCES}) << "the module is not asked by read(2) either";
    EXPECT_EQ(Errno{denied.load}, Errno{EACCES});
    EXPECT_EQ(Errno{denied.ranges}, Errno{EACCES});
    EXPECT_TRUE(dmabufs_are_gone());
}

INSTANTIATE_TEST_SUITE_P(All, AppArmorTest, ::testing::ValuesIn(contract::all_places()),
                         contract::place_name);

}  // namespace
}  // namespace hostile
