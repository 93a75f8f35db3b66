// SPDX-License-Identifier: Apache-2.0
#include <dmaload/loader.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

#include "fake_kernel.hpp"
#include "test_file.hpp"

namespace dmaload::test {
namespace {

using testing::HasSubstr;

class LoaderTest : public testing::Test {
protected:
    /// The first choice as "method mode".
    static std::string first(const Result<Loader>& loader)
    {
        if (!loader)
            return loader.error().message();
        const auto& choice = loader->choices().front();
        return std::string(choice.method->name()) + " " + std::string(to_string(choice.mode));
    }

    FakeKernel kernel;
    ScopedSyscalls scope{kernel};
    TestFile file{scratch_directory(), 5000, 1};
};

TEST_F(LoaderTest, PrefersTheEngine)
{
    EXPECT_EQ(first(Loader::create()), "alloc-read direct");
    EXPECT_EQ(first(Loader::create(auto_method, Mode::buffered)), "alloc-read buffered");
}

TEST_F(LoaderTest, TakesWhatAStockKernelHas)
{
    kernel.knows_flag = false;
    const auto loader = Loader::create();
    EXPECT_EQ(first(loader), "udmabuf-uring direct");
    const auto outcome = loader->load(file.path());
    ASSERT_TRUE(outcome) << outcome.error().message();
    EXPECT_EQ(outcome->method->name(), "udmabuf-uring");
    EXPECT_EQ(outcome->mode, Mode::direct);
    ASSERT_FALSE(outcome->passed_over.empty());
    EXPECT_EQ(outcome->passed_over.front().method->name(), "alloc-read");
    EXPECT_EQ(check_content(outcome->loaded, 5000, 1), "");
}

TEST_F(LoaderTest, DoesWithoutIoUring)
{
    kernel.knows_flag = false;
    kernel.ring_error = EPERM;
    const auto loader = Loader::create();
    EXPECT_EQ(first(loader), "udmabuf direct");
    EXPECT_THAT(describe(loader->load(file.path())->passed_over), HasSubstr("kernel.io_uring_disabled"));
}

TEST_F(LoaderTest, LeavesWhatIsForComparisonToThoseWhoInsist)
{
    const auto loader = Loader::create();
    ASSERT_TRUE(loader);
    for (const Loader::Choice& choice : loader->choices())
        EXPECT_FALSE(choice.method->for_comparison()) << choice.method->name();
    EXPECT_EQ(first(Loader::create("udmabuf-uring-fixed")), "udmabuf-uring-fixed direct");
}

TEST_F(LoaderTest, GoesBufferedOnlyWhereNothingIsDirect)
{
    kernel.knows_flag = false;
    kernel.has_udmabuf = false;
    EXPECT_EQ(first(Loader::create()), "mmap-read buffered");
    const auto direct = Loader::create(auto_method, Mode::direct);
    ASSERT_FALSE(direct);
    for (const char* part : {"alloc-read direct: ", "udmabuf direct: ", "mmap-read direct: "})
        EXPECT_THAT(direct.error().message(), HasSubstr(part));
}

TEST_F(LoaderTest, InsistsOnTheMethodNamed)
{
    const auto loader = Loader::create("mmap-read");
    EXPECT_EQ(first(loader), "mmap-read buffered");
    EXPECT_EQ(loader->choices().size(), 1U);

    kernel.knows_flag = false;
    const auto missing = Loader::create("alloc-read", Mode::direct);
    ASSERT_FALSE(missing);
    EXPECT_THAT(missing.error().message(), HasSubstr("needs the patches"));
}

TEST_F(LoaderTest, KnowsWhichMethodsThereAre)
{
    const auto loader = Loader::create("magic");
    ASSERT_FALSE(loader);
    EXPECT_EQ(loader.error().code, EINVAL);
    EXPECT_THAT(loader.error().message(), HasSubstr("Known methods: auto, alloc-read, udmabuf-uring, "));
}

TEST_F(LoaderTest, PassesOverAMethodThatIsTooSmallForTheFile)
{
    kernel.knows_flag = false;
    kernel.udmabuf_limit_mb = 1;
    const TestFile large(scratch_directory(), (std::uint64_t{1} << 20U) + 1, 2);
    const auto outcome = Loader::create()->load(large.path());
    ASSERT_TRUE(outcome) << outcome.error().message();
    EXPECT_EQ(outcome->method->name(), "mmap-read");
    EXPECT_EQ(check_content(outcome->loaded, (std::uint64_t{1} << 20U) + 1, 2), "");
    EXPECT_THAT(outcome->passed_over.back().reason.message(), HasSubstr("size_limit_mb"));
}

TEST_F(LoaderTest, DoesNotTryAnotherMethodAfterAFailure)
{
    kernel.fault = [](std::string_view call) {
        return call == "fstat" ? std::optional<int>(EIO) : std::nullopt;
    };
    const auto outcome = Loader::create()->load(file.path());
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, EIO);
}

TEST_F(LoaderTest, UsesTheHeapNamed)
{
    kernel.heaps["other"] = {.reads_files = false};
    EXPECT_EQ(first(Loader::create(auto_method, Mode::direct, "other")), "udmabuf-uring direct");
    EXPECT_EQ(first(Loader::create("mmap-read", Mode::buffered, "other")), "mmap-read buffered");
}

TEST_F(LoaderTest, UdmabufSaysHowToRaiseItsLimit)
{
    kernel.udmabuf_limit_mb = 1;
    const TestFile large(scratch_directory(), (std::uint64_t{2} << 20U) + 1, 2);
    const std::string expected =
        "Raise it: `echo 3 > /sys/module/udmabuf/parameters/size_limit_mb` as root, or boot "
        "with udmabuf.size_limit_mb=3.";
    for (const bool tells : {true, false}) {
        kernel.tells_udmabuf_limit = tells;
        const std::size_t fds = count_fds();
        const auto loaded = find_method("udmabuf")->load({large.path(), Mode::direct, "system"});
        ASSERT_FALSE(loaded);
        EXPECT_EQ(loaded.error().code, EFBIG);
        EXPECT_THAT(loaded.error().message(), HasSubstr(expected));
        EXPECT_EQ(count_fds(), fds);
        EXPECT_EQ(kernel.mappings(), 0);
    }
}

}  // namespace
}  // namespace dmaload::test
