// SPDX-License-Identifier: Apache-2.0
/// \file
/// Descriptors of every kind that the kernel has, and what is known of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "support/system.hpp"

namespace fuzz {

using contract::Errno;
using contract::UniqueFd;

/// What userspace can tell of a descriptor.
struct File {
    int fd = -1;
    Errno opening{};              ///< what taking it for a load gives
    std::uint64_t size = 0;       ///< of what can be loaded
    std::uint64_t align = 1;      ///< of offsets in the file, where it is read directly
    std::uint64_t mem_align = 1;  ///< of places in the buffer
    std::shared_ptr<const std::vector<std::byte>> content{};  ///< all of it; none if it is not known
    std::vector<int> reading{0};                              ///< what reading it may give: 0 or an errno
};

/// What is known of any number, open or not. The content is not looked at.
File describe(int fd);

/// What files of known content hold.
std::vector<std::byte> pattern(std::uint64_t size, std::uint64_t seed);

/// What a descriptor or its file needs to exist.
class Resource {
public:
    Resource() = default;
    Resource(const Resource&) = delete;
    Resource& operator=(const Resource&) = delete;
    virtual ~Resource() = default;
};

template <class T>
class Keeping : public Resource {
public:
    explicit Keeping(T kept) : kept_(std::move(kept)) {}

private:
    T kept_;
};

/// All of them, by name. A name #NUMBER is just that number.
class Files {
public:
    /// A descriptor that other threads replace while a call uses it (Replacer).
    static constexpr const char* slot_name = "slot";
    static constexpr int slot = 700;

    /// Without a descriptor it is one of those that are missing.
    void add(const std::string& name, UniqueFd fd);
    /// One that was filled by us: content is known, reading it succeeds.
    void add(const std::string& name, UniqueFd fd, std::vector<std::byte> content);
    /// One whose content is whatever read(2) gives of it.
    void add_readable(const std::string& name, UniqueFd fd);
    /// One that no known kernel has: it is not missed.
    void add_if_there(const std::string& name, UniqueFd fd);
    /// Those that this kernel lacks.
    void miss(std::initializer_list<std::string> names) { missing_.insert(missing_.end(), names); }
    /// Keeps something until the files are gone.
    template <class T>
    void keep(T kept)
    {
        resources_.push_back(std::make_unique<Keeping<T>>(std::move(kept)));
    }
    /// Takes a file for one call, under that name.
    void lend(const std::string& name, const File& file) { put(name, file); }
    void take_back(const std::string& name);

    [[nodiscard]] bool has(const std::string& name) const;
    /// The number to be put into a struct.
    [[nodiscard]] int number(const std::string& name) const;
    [[nodiscard]] const File& file(const std::string& name) const { return files_.at(name); }
    /// What is behind a number that the kernel finds in a struct: several, where
    /// it is replaced meanwhile.
    [[nodiscard]] std::vector<File> behind(int number) const;

    /// All names, in an order that is always the same.
    [[nodiscard]] std::vector<std::string> names() const;
    [[nodiscard]] const std::vector<std::string>& missing() const { return missing_; }
    /// Those of known content that can be loaded.
    [[nodiscard]] std::vector<std::string> loadable() const;
    /// What the slot holds in turn; the last turn is that of nothing.
    [[nodiscard]] const std::vector<std::string>& in_slot() const { return in_slot_; }

    /// Makes all there are here. \p disk: a folder on a block device, or empty.
    static std::unique_ptr<Files> make(const std::string& disk);

private:
    void put(const std::string& name, const File& file);

    // Destroyed from the last to the first: descriptors are closed before what is below them goes.
    std::vector<std::unique_ptr<Resource>> resources_;
    std::vector<UniqueFd> fds_;
    std::map<std::string, File> files_;
    std::unordered_map<int, const File*> by_number_;  ///< a call may have thousands to be looked up
    std::vector<std::string> missing_;
    std::vector<std::string> in_slot_;
};

}  // namespace fuzz
