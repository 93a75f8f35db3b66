// SPDX-License-Identifier: Apache-2.0
#include "load_case.hpp"

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include <sys/ioctl.h>
#include <unistd.h>

#include "support/fixture.hpp"

namespace faults {
namespace {

constexpr std::uint64_t kilobyte = contract::kilobyte;

}  // namespace

std::string LoadCase::name() const
{
    return heap + (form == Form::flag ? "_flag" : "_ranges") + (direct ? "_direct" : "_buffered") +
           (large_folios ? "_xfs" : "");
}

std::string LoadCase::folder() const
{
    if (!large_folios)
        return contract::disk_folder();
    const std::vector<std::string> folders = contract::test_folders();
    const auto found = std::ranges::find_if(
        folders, [](const std::string& each) { return contract::filesystem_of(each) == "xfs"; });
    return found != folders.end() ? *found : std::string();
}

void PrintTo(const LoadCase& load_case, std::ostream* out)
{
    *out << load_case.name();
}

std::string case_name(const ::testing::TestParamInfo<LoadCase>& info)
{
    std::string name = info.param.name();
    for (char& letter : name)
        if (std::isalnum(static_cast<unsigned char>(letter)) == 0)
            letter = '_';
    return name;
}

std::string cma_heap()
{
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator("/dev/dma_heap", ignored))
        if (const std::string name = entry.path().filename(); name != "system")
            return name;
    return {};
}

std::vector<LoadCase> all_cases()
{
    std::vector<LoadCase> cases;
    for (const std::string& heap : {std::string("system"), cma_heap()})
        if (!heap.empty())
            for (const Form form : {Form::flag, Form::ranges})
                for (const bool direct : {true, false})
                    cases.push_back({heap, form, direct});
    return cases;
}

std::vector<LoadCase> all_cases_and_large_folios()
{
    std::vector<LoadCase> cases = all_cases();
    for (const Form form : {Form::flag, Form::ranges})
        cases.push_back({.heap = "system", .form = form, .direct = false, .large_folios = true});
    return cases;
}

Load::Load(const LoadCase& load_case, int heap, const Source& source)
    : form_(load_case.form),
      heap_(heap),
      file_(contract::open_file(source.path, source.flags | (load_case.direct ? O_DIRECT : 0))),
      buffered_(contract::open_file(source.path, source.flags))
{
    if (source.cold)
        contract::forget_pages(source.path);
    data_.file_fd = file_.get();
    data_.fd_flags = O_RDWR | O_CLOEXEC;
    data_.heap_flags = DMA_HEAP_ALLOC_AND_READ_FILE;

    if (form_ == Form::flag) {
        pieces_ = {{.fd = file_.get(), .length = source.size}};
        return;
    }
    // Direct, the last block of the first range has no room, as the second begins within it. Then a gap.
    pieces_ = {{.fd = file_.get(), .length = 4 * kilobyte + 1},
               {.fd = buffered_.get(), .file_offset = 1, .length = 5, .buffer_offset = 4 * kilobyte + 1},
               {.fd = file_.get(),
                .file_offset = 8 * kilobyte,
                .length = source.size - 8 * kilobyte,
                .buffer_offset = 12 * kilobyte}};
    ranges_ = contract::request_for(pieces_).ranges;
    ranges_data_.ranges = reinterpret_cast<std::uintptr_t>(ranges_.data());
    ranges_data_.nr_ranges = static_cast<std::uint32_t>(ranges_.size());
    ranges_data_.fd_flags = O_RDWR | O_CLOEXEC;
}

unsigned long Load::command() const
{
    return form_ == Form::flag ? DMA_HEAP_IOCTL_ALLOC : DMA_HEAP_IOCTL_ALLOC_READ;
}

contract::Errno Load::call()
{
    return {::ioctl(heap_, command(), argument()) < 0 ? errno : 0};
}

contract::Errno Load::call_and_close() const
{
    dma_heap_allocation_data data = data_;
    dma_heap_allocate_read_data ranges_data = ranges_data_;
    void* const argument = form_ == Form::flag ? static_cast<void*>(&data) : &ranges_data;
    if (::ioctl(heap_, command(), argument) < 0)
        return {errno};
    ::close(static_cast<int>(form_ == Form::flag ? data.fd : ranges_data.fd));
    return {};
}

contract::UniqueFd Load::take()
{
    return contract::UniqueFd(static_cast<int>(form_ == Form::flag ? data_.fd : ranges_data_.fd));
}

::testing::AssertionResult Load::take_and_compare()
{
    return contract::holds_pieces(take().get(), pieces_, buffer_size());
}

std::uint64_t Load::buffer_size() const
{
    const contract::Piece& last = pieces_.back();
    return contract::round_up(last.buffer_offset + last.length, contract::page_size());
}

}  // namespace faults
