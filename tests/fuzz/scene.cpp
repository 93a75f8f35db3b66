// SPDX-License-Identifier: Apache-2.0
#include "scene.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <stdexcept>
#include <utility>

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

namespace fuzz {
namespace {

constexpr std::uint64_t size = 300'000;  // two batches
constexpr std::uint64_t seed = 11;
constexpr std::uint64_t middle = 150'000;
constexpr std::chrono::milliseconds delay(10);

constexpr const char* connections = "/sys/fs/fuse/connections";

std::shared_ptr<const std::vector<std::byte>> content()
{
    static const auto same_each_time = std::make_shared<const std::vector<std::byte>>(pattern(size, seed));
    return same_each_time;
}

/// To write to it ends the connection of the file.
UniqueFd open_abort(int fd)
{
    struct stat status{};
    if (::fstat(fd, &status) != 0)
        contract::throw_errno("fstat of a FUSE file");
    const std::string path = connections + ("/" + std::to_string(minor(status.st_dev))) + "/abort";
    if (::access(path.c_str(), W_OK) != 0)
        ::mount("fusectl", connections, "fusectl", 0, nullptr);
    return contract::open_file(path, O_WRONLY);
}

}  // namespace

bool Scene::is_one(const std::string& name)
{
    return std::ranges::find(scene_names, name) != scene_names.end();
}

Scene::Scene(const std::string& name, Files& files) : name_(name), files_(files)
{
    auto file = contract::FuseFile::make(size, seed);
    if (!file)
        throw std::runtime_error(file.error());
    file_ = std::move(*file);
    fd_ = contract::open_file(file_->path(), O_RDONLY | (name.ends_with("-direct") ? O_DIRECT : 0));

    File known = describe(fd_.get());
    known.content = content();
    known.reading = {0};
    if (name.starts_with("fuse-late")) {
        file_->hold_from(0);
    } else if (name.starts_with("fuse-short")) {
        file_->end_at(middle);
        known.reading = {0, EIO};  // a range may end before
    } else if (name.starts_with("fuse-error")) {
        file_->fail_from(middle, EIO);
        known.reading = {0, EIO};
    } else {
        file_->hold_from(0);
        // Not when it is wanted: the call is looked at for descriptors that it leaves.
        abort_ = open_abort(fd_.get());
        known.reading = {EIO, ENOTCONN, ECONNABORTED};
    }
    files_.lend(name_, known);
}

Scene::~Scene()
{
    stop();
    files_.take_back(name_);
}

void Scene::start()
{
    if (name_.starts_with("fuse-late") || name_.starts_with("fuse-abort"))
        thread_ = std::thread([this] { serve(); });
}

void Scene::stop()
{
    stop_ = true;
    file_->release();
    if (thread_.joinable())
        thread_.join();
}

void Scene::serve()
{
    // There may be no read: the call may be a wrong one in another way.
    std::this_thread::sleep_for(delay);
    if (!abort_)
        file_->release();
    else if (::write(abort_.get(), "1", 1) != 1)
        std::perror("# abort of a FUSE connection");
}

}  // namespace fuzz
