// SPDX-License-Identifier: Apache-2.0
#include "support/system.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <sstream>
#include <stdexcept>
#include <system_error>
#include <thread>

#include <fcntl.h>
#include <linux/fs.h>
#include <spawn.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace contract {

std::ostream& operator<<(std::ostream& out, Errno error)
{
    if (error.value == 0)
        return out << "success";
    const char* name = strerrorname_np(error.value);
    return out << (name != nullptr ? name : "errno") << " (" << error.value << ")";
}

void throw_errno(const std::string& what)
{
    throw std::system_error(errno, std::generic_category(), what);
}

UniqueFd open_file(const std::string& path, int flags)
{
    UniqueFd fd(::open(path.c_str(), flags | O_CLOEXEC, 0600));
    if (!fd)
        throw_errno("open " + path);
    return fd;
}

std::string read_text(const std::string& path)
{
    const UniqueFd fd = open_file(path, O_RDONLY);
    std::string text;
    char buffer[4096];
    ssize_t count;
    while ((count = ::read(fd.get(), buffer, sizeof(buffer))) > 0)
        text.append(buffer, static_cast<std::size_t>(count));
    if (count < 0)
        throw_errno("read " + path);
    return text;
}

Errno write_text(const std::string& path, const std::string& text)
{
    const UniqueFd fd = open_file(path, O_WRONLY);
    return Errno{::write(fd.get(), text.data(), text.size()) < 0 ? errno : 0};
}

void require_write(const std::string& path, const std::string& text)
{
    if (const Errno error = write_text(path, text); error.value != 0) {
        errno = error.value;
        throw_errno("write " + text + " to " + path);
    }
}

Errno error_of_read(int fd, std::uint64_t offset)
{
    alignas(4096) char bytes[4096];
    return Errno{::pread(fd, bytes, sizeof(bytes), static_cast<off_t>(offset)) < 0 ? errno : 0};
}

std::vector<int> open_fds()
{
    std::vector<int> fds;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd"))
        fds.push_back(std::stoi(entry.path().filename().string()));
    // The iterator's own descriptor is closed by now.
    std::erase_if(fds, [](int fd) { return ::fcntl(fd, F_GETFD) < 0; });
    std::ranges::sort(fds);
    return fds;
}

int next_fd()
{
    const UniqueFd fd(::dup(STDIN_FILENO));
    if (!fd)
        throw_errno("dup");
    return fd.get();
}

bool eventually(const std::function<bool()>& condition, std::chrono::seconds limit)
{
    const auto deadline = std::chrono::steady_clock::now() + limit;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > deadline)
            return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return true;
}

int run(const std::vector<std::string>& command)
{
    std::vector<char*> arguments;
    for (const std::string& word : command)
        arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);

    // The tools are in the administrator's folders, which init may not have in PATH.
    std::string path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    char* environment[] = {path.data(), nullptr};

    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    pid_t child = -1;
    int error = ENOENT;
    for (const char* folder : {"/usr/sbin/", "/usr/bin/", "/sbin/", "/bin/", "/usr/local/sbin/"}) {
        error = posix_spawn(&child, (folder + command.front()).c_str(), &actions, nullptr, arguments.data(),
                            environment);
        if (error == 0)
            break;
    }
    posix_spawn_file_actions_destroy(&actions);
    int status = 0;
    if (error != 0 || ::waitpid(child, &status, 0) != child || !WIFEXITED(status))
        return -1;
    return WEXITSTATUS(status);
}

unsigned int logical_block_size(const std::string& device)
{
    const UniqueFd fd = open_file(device, O_RDONLY);
    int size = 0;
    if (::ioctl(fd.get(), BLKSSZGET, &size) < 0)
        throw_errno("BLKSSZGET " + device);
    return static_cast<unsigned int>(size);
}

void drop_caches()
{
    constexpr const char* knob = "/proc/sys/vm/drop_caches";
    // 4 drops nothing, and stops the line in the kernel log that each of hundreds of calls would leave.
    [[maybe_unused]] static const Errno quiet = write_text(knob, "4");
    ::sync();
    require_write(knob, "3");
}

namespace {

/// The sum of what follows the words \p names in a file of "name value" pairs.
long long sum_of(const std::string& path, const std::vector<std::string>& names)
{
    std::istringstream words(read_text(path));
    long long sum = 0;
    for (std::string word; words >> word;) {
        long long value = 0;
        if (std::ranges::find(names, word) != names.end() && words >> value)
            sum += value;
    }
    return sum;
}

}  // namespace

std::uint64_t bytes_read()
{
    std::istringstream words(read_text("/proc/self/io"));
    std::string name;
    std::uint64_t bytes = 0;
    if (!(words >> name >> bytes) || name != "rchar:")
        throw std::runtime_error("/proc/self/io does not begin with what was read");
    return bytes;
}

long long available_memory()
{
    // Not MemAvailable, which takes a part of the page cache for indispensable.
    // Pages that were freed rest in lists of each CPU ("count:"), up to an
    // eighth of the machine's memory, and are not counted as free while they
    // do. The kernel gives the lists back 8 MB at a time: who reads them from
    // one file and what is free from another misses as much.
    const std::vector<std::string> available{"free", "count:", "nr_active_file", "nr_inactive_file",
                                             "nr_slab_reclaimable"};
    return sum_of("/proc/zoneinfo", available) * ::sysconf(_SC_PAGESIZE);
}

}  // namespace contract
