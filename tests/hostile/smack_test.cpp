// SPDX-License-Identifier: Apache-2.0
// A security module that decides by label (Smack): who may not open a file, nor
// receive its descriptor, cannot load it. Smack is not asked again at reads, so
// a descriptor that a process has from before it got its label is good for
// read(2) as well as for a load: here too the two give the same. That modules
// which do ask at reads are asked by loads is what ReadHookTest shows.
#include <algorithm>
#include <cerrno>
#include <memory>
#include <optional>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "support/block.hpp"
#include "support/fd_channel.hpp"
#include "support/fixture.hpp"
#include "support/process.hpp"

namespace hostile {
namespace {

using contract::Errno;
using contract::megabyte;
using contract::UniqueFd;

constexpr const char* smackfs = "/sys/fs/smackfs";
constexpr const char* rules = "/sys/fs/smackfs/load2";
constexpr const char* attribute = "security.SMACK64";
constexpr const char* heap_path = "/dev/dma_heap/system";
constexpr const char* secret = "Secret";
constexpr std::uint64_t size = 3 * megabyte + 77;

/// What a process with a label of its own got, as errno or 0.
struct Answers {
    int ready = -1;      ///< it took on its label, and gave up its privileges
    int open = -1;       ///< open(2) of the file
    int received = -1;   ///< a descriptor that somebody passed to it: 0, or EACCES where none came
    int read = -1;       ///< read(2) from an inherited descriptor
    int load = -1;       ///< a load of the same
    int content_ok = 0;  ///< what was loaded is the file's
};

class SharedAnswers {
public:
    SharedAnswers()
        : answers_(static_cast<Answers*>(
              ::mmap(nullptr, sizeof(Answers), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)))
    {
        if (answers_ == MAP_FAILED)
            contract::throw_errno("mmap");
        *answers_ = Answers{};
    }
    SharedAnswers(const SharedAnswers&) = delete;
    SharedAnswers& operator=(const SharedAnswers&) = delete;
    ~SharedAnswers() { ::munmap(answers_, sizeof(Answers)); }
    Answers& operator*() const { return *answers_; }

private:
    Answers* answers_;
};

void set_label(const std::string& path, const std::string& label)
{
    if (::setxattr(path.c_str(), attribute, label.data(), label.size(), 0) != 0)
        contract::throw_errno("setxattr " + path);
}

/// The heap has another label while this lives: an ioctl that passes a struct is a write to the device.
class HeapLabel {
public:
    explicit HeapLabel(const std::string& label)
    {
        char before[256];
        const ssize_t length = ::getxattr(heap_path, attribute, before, sizeof(before));
        before_.assign(before, static_cast<std::size_t>(std::max<ssize_t>(length, 0)));
        set_label(heap_path, label);
    }
    HeapLabel(const HeapLabel&) = delete;
    HeapLabel& operator=(const HeapLabel&) = delete;
    ~HeapLabel()
    {
        if (before_.empty())
            ::removexattr(heap_path, attribute);
        else
            ::setxattr(heap_path, attribute, before_.data(), before_.size(), 0);
    }

private:
    std::string before_;
};

/// Whether a descriptor comes: 0, or EACCES if the kernel keeps it back.
int error_of_receiving(const contract::FdChannel& channel)
{
    try {
        static_cast<void>(channel.receive());
        return 0;
    } catch (const std::system_error& error) {
        return error.code().value();
    }
}

class SmackTest : public contract::ContractTest {
protected:
    void SetUp() override
    {
        ContractTest::SetUp();
        if (::access(rules, W_OK) != 0 && ::mount("smackfs", smackfs, "smackfs", 0, nullptr) != 0)
            GTEST_SKIP() << "Smack is not the security module here (lsm=smack)";
    }

    /// What a process with that label, and without privileges, gets of a file.
    [[nodiscard]] Answers answers_to(const std::string& label, const std::string& path, int flags) const
    {
        const contract::FdChannel channel;
        const UniqueFd inherited = contract::open_file(path, flags);
        const SharedAnswers shared;
        channel.send(inherited.get());
        contract::Child child([&] {
            Answers& answers = *shared;
            constexpr uid_t nobody = 65534;
            answers.ready = contract::write_text("/proc/self/attr/current", label).value;
            if (answers.ready == 0 &&
                (::setresgid(nobody, nobody, nobody) != 0 || ::setresuid(nobody, nobody, nobody) != 0))
                answers.ready = errno;
            const UniqueFd opened(::open(path.c_str(), flags | O_CLOEXEC));
            answers.open = opened ? 0 : errno;
            answers.received = error_of_receiving(channel);
            alignas(4096) static char bytes[4096];
            answers.read = ::pread(inherited.get(), bytes, sizeof(bytes), 0) < 0 ? errno : 0;
            const contract::Outcome loaded = load(inherited.get());
            answers.load = loaded.error.value;
            answers.content_ok =
                loaded.dmabuf && contract::holds_pattern(loaded.dmabuf.get(), size, 1) ? 1 : 0;
            return 0;
        });
        const auto status = child.wait();
        EXPECT_TRUE(status && WIFEXITED(*status) && WEXITSTATUS(*status) == 0);
        return *shared;
    }

    void check(const std::string& path, int flags) const
    {
        const HeapLabel everybodys("*");
        const Answers trusted = answers_to(secret, path, flags);
        EXPECT_EQ(Errno{trusted.ready}, Errno{});
        EXPECT_EQ(Errno{trusted.open}, Errno{}) << "the label is not what decides";
        EXPECT_EQ(Errno{trusted.received}, Errno{});
        EXPECT_EQ(Errno{trusted.load}, Errno{});
        EXPECT_EQ(trusted.content_ok, 1);

        const Answers stranger = answers_to("Stranger", path, flags);
        EXPECT_EQ(Errno{stranger.ready}, Errno{});
        EXPECT_EQ(Errno{stranger.open}, Errno{EACCES});
        EXPECT_EQ(Errno{stranger.received}, Errno{EACCES}) << "the descriptor was handed over";
        EXPECT_EQ(Errno{stranger.load}, Errno{stranger.read}) << "a load gives what read(2) does not";
        EXPECT_EQ(stranger.content_ok, stranger.load == 0 ? 1 : 0);
    }
};

TEST_F(SmackTest, LabelOfAFileOfTmpfs)
{
    const contract::TemporaryFile file("/dev/shm", size);
    ASSERT_EQ(::chmod(file.path().c_str(), 0644), 0);
    set_label(file.path(), secret);
    check(file.path(), O_RDONLY);
}

TEST_F(SmackTest, LabelOfTheHeap)
{
    const contract::TemporaryFile file("/dev/shm", size);
    ASSERT_EQ(::chmod(file.path().c_str(), 0644), 0);
    set_label(file.path(), "*");
    const HeapLabel label(secret);
    EXPECT_EQ(Errno{answers_to(secret, file.path(), O_RDONLY).load}, Errno{});
    const Answers stranger = answers_to("Stranger", file.path(), O_RDONLY);
    EXPECT_EQ(Errno{stranger.read}, Errno{});
    EXPECT_EQ(Errno{stranger.load}, Errno{EACCES});
}

// The label comes by the mount, so that the filesystem needs no attributes of security.
TEST_F(SmackTest, LabelOfAFilesystemOnADevice)
{
    const contract::Image image(64 * megabyte);
    const auto device = contract::LoopDevice::over(image.path());
    if (!device)
        GTEST_SKIP() << device.error();
    if (contract::run({"mkfs.ext4", "-q", "-F", device->path()}) != 0)
        GTEST_SKIP() << "mkfs.ext4 is not there";
    constexpr const char* name = "/file";
    {
        const auto mount = contract::Mount::of(device->path(), "ext4");
        ASSERT_TRUE(mount) << mount.error();
        contract::write_pattern(mount->path() + name, size, 1);
        ASSERT_EQ(::chmod((mount->path() + name).c_str(), 0644), 0);
        ASSERT_EQ(::chmod(mount->path().c_str(), 0755), 0);
    }
    const auto mount =
        contract::Mount::of(device->path(), "ext4", std::string("smackfsdef=") + secret + ",smackfsroot=_");
    ASSERT_TRUE(mount) << mount.error();
    for (const int flags : {O_RDONLY | O_DIRECT, O_RDONLY}) {
        SCOPED_TRACE(flags == O_RDONLY ? "buffered" : "direct");
        check(mount->path() + name, flags);
    }
}

}  // namespace
}  // namespace hostile
