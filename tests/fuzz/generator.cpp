// SPDX-License-Identifier: Apache-2.0
#include "generator.hpp"

#include <algorithm>
#include <array>

#include "scene.hpp"
#include "support/content.hpp"

namespace fuzz {
namespace {

constexpr std::uint64_t small_size = 70'000;
constexpr std::uint64_t page = 4096;

/// Numbers at which something may break.
constexpr std::array<std::uint64_t, 28> boundaries{0,
                                                   1,
                                                   2,
                                                   3,
                                                   8,
                                                   511,
                                                   512,
                                                   4095,
                                                   4096,
                                                   4097,
                                                   65535,
                                                   65536,
                                                   0x7fffffff,
                                                   0x80000000,
                                                   0xfffff000,
                                                   0xffffffff,
                                                   0x100000000,
                                                   0x100000001,
                                                   1ULL << 40,
                                                   1ULL << 47,
                                                   1ULL << 62,
                                                   0x7ffffffffffff000,
                                                   0x7ffffffffffff001,
                                                   0x7fffffffffffffff,
                                                   1ULL << 63,
                                                   0xfffffffffffff000,
                                                   0xfffffffffffffffe,
                                                   UINT64_MAX};

/// Sizes of a struct: around those that there are, the kernel's own buffer and a page.
constexpr std::array<std::uint64_t, 24> sizes{0,  1,  4,  8,  12, 15,  16,  20,  23,   24,   25,   40,
                                              48, 55, 56, 57, 64, 127, 128, 129, 4095, 4096, 4097, 16383};

constexpr std::array<std::uint64_t, 12> counts{0,    1,    2,          3,          4095,       4096,
                                               4097, 8192, 0x08000000, 0x08000001, 0x80000000, 0xffffffff};

constexpr std::array wrong_files{"#-1",         "#-2",   "#-100",       "#-2147483648", "#2147483647",
                                 "#1073741824", "#1024", "#0",          "#1",           "#2",
                                 "#3",          "#699",  "#1000000000", "#4096"};

constexpr std::array places{Where::edge, Where::cut,      Where::unaligned, Where::read_only,
                            Where::null, Where::unmapped, Where::kernel,    Where::noncanonical};

std::uint64_t any_number(Random& random)
{
    switch (random.below(4)) {
    case 0:
        return random.next();
    case 1:
        return 1ULL << random.below(64);
    default:
        return random.pick(boundaries);
    }
}

std::uint64_t align_down(std::uint64_t value, std::uint64_t unit)
{
    return value / unit * unit;
}

}  // namespace

Generator::Generator(const Files& files, std::vector<std::string> heaps, bool compat)
    : files_(files),
      heaps_(std::move(heaps)),
      compat_(compat),
      all_(files.names()),
      loadable_(files.loadable())
{
    for (const std::string& name : loadable_)
        if (files.file(name).size <= small_size)
            small_.push_back(name);
}

const std::string& Generator::any_file(Random& random) const
{
    return random.pick(all_);
}

/// A large one, which takes time, comes now and then.
const std::string& Generator::small_file(Random& random) const
{
    return random.one_in(25) ? random.pick(loadable_) : random.pick(small_);
}

RangeSpec Generator::right_range(Random& random, std::uint64_t buffer_offset) const
{
    RangeSpec range{.file = small_file(random)};
    const File& file = files_.file(range.file);
    range.file_offset = align_down(random.one_in(2) ? 0 : random.below(file.size), file.align);
    const std::uint64_t rest = file.size - range.file_offset;
    range.length = random.one_in(3) ? rest : 1 + random.below(rest);
    range.buffer_offset = contract::round_up(buffer_offset, file.mem_align);
    return range;
}

Call Generator::right_call(Random& random, std::uint64_t many) const
{
    const std::uint64_t kind = random.below(20);
    Call call = Call::of(kind == 0 ? Form::plain : kind < 10 ? Form::flag : Form::ranges);
    call.heap = random.pick(heaps_);
    call.compat = compat_ && random.one_in(4) ? 1 : 0;
    constexpr std::array<std::uint64_t, 5> flags{O_RDWR | O_CLOEXEC, O_RDWR | O_CLOEXEC, O_RDONLY, O_RDWR,
                                                 O_WRONLY};
    call.fd_flags = random.pick(flags);
    if (call.form == Form::plain)
        call.len = 1 + random.below(4 * page);
    if (call.form == Form::flag)
        call.file = small_file(random);
    if (call.form != Form::ranges)
        return call;

    constexpr std::array<std::uint64_t, 8> numbers{1, 1, 1, 2, 2, 3, 8, 40};
    std::uint64_t end = 0;
    for (std::uint64_t left = random.pick(numbers); left > 0; --left) {
        // Close to each other, in the next page, or with a gap.
        constexpr std::array<std::uint64_t, 6> gaps{0, 0, 1, 4095, 4096, 20'000};
        call.ranges.push_back(right_range(random, end + random.pick(gaps)));
        end = call.ranges.back().buffer_offset + call.ranges.back().length;
    }
    if (random.one_in(many)) {  // as many as may be
        RangeSpec& last = call.ranges.back();
        last.length = 1;
        last.step = files_.file(last.file).mem_align;
        last.times = DMA_HEAP_READ_MAX_RANGES - (call.ranges.size() - 1);
    }
    if (random.one_in(4))
        call.len = end + random.below(3 * page);
    // Ranges come in any order.
    if (random.one_in(2))
        std::ranges::reverse(call.ranges);
    if (random.one_in(4))
        call.bytes_read = random.next();
    if (random.one_in(6))
        call.size = random.pick(std::array<std::uint64_t, 6>{57, 64, 128, 129, 4096, 4097});
    return call;
}

void Generator::change_ranges(Call& call, Random& random) const
{
    RangeSpec& range = call.ranges[static_cast<std::size_t>(random.below(call.ranges.size()))];
    switch (random.below(10)) {
    case 0:
    case 1:
        range.file = any_file(random);
        return;
    case 2:
        range.file = random.pick(wrong_files);
        return;
    case 3:
        range.reserved = any_number(random);
        return;
    case 4:
        range.file_offset =
            random.one_in(2) ? any_number(random) : range.file_offset + 1 + random.below(4096);
        return;
    case 5:
        range.length = random.one_in(2) ? any_number(random) : range.length + 1 + random.below(4096);
        return;
    case 6:
        range.buffer_offset =
            random.one_in(2) ? any_number(random) : random.below(range.buffer_offset + 4096);
        return;
    case 7:  // one of them twice
        call.ranges.push_back(range);
        return;
    case 8:  // thousands mostly where they overlap, so that none of them is read
        range.step = random.pick(std::array<std::uint64_t, 4>{0, 1, 512, 4096});
        range.times = range.step == 0 || random.one_in(10)
                          ? random.pick(std::array<std::uint64_t, 4>{2, 4095, 4096, 4097})
                          : random.pick(std::array<std::uint64_t, 4>{2, 3, 40, 4097});
        range.length = random.one_in(2) ? 1 : range.length;
        return;
    default:
        call.ranges_place = random.pick(places);
    }
}

void Generator::change(Call& call, Random& random) const
{
    switch (random.below(call.form == Form::ranges ? 18 : 14)) {
    case 0:
        call.fd = any_number(random);
        return;
    case 1:
        call.fd_flags = random.one_in(2) ? any_number(random) : call.fd_flags | (1ULL << random.below(32));
        return;
    case 2:
        call.heap_flags =
            random.one_in(2) ? any_number(random) : call.heap_flags ^ (1ULL << random.below(64));
        return;
    case 3:
        call.reserved = any_number(random);
        return;
    case 4:
        call.size = random.pick(sizes);
        return;
    case 5:
        call.size = random.pick(sizes);
        call.tail_at = call.struct_size() + random.below(std::max<std::uint64_t>(call.size, 64));
        return;
    case 6:
        call.direction = random.below(4);
        return;
    case 7:
        call.number = random.one_in(2) ? 1 - call.number : random.below(256);
        // A type that is no other interface's number is not looked at.
        call.type = random.one_in(4) ? random.pick(std::array<std::uint64_t, 3>{'H', 'h', 0xee}) : call.type;
        return;
    case 8:
    case 9:
        call.place = random.pick(places);
        return;
    case 10:
        (call.form == Form::plain || call.form == Form::ranges ? call.len : call.reserved) =
            any_number(random);
        return;
    case 11:
    case 12:
    case 13:
        if (call.form == Form::ranges)
            change_ranges(call, random);
        else
            call.file = random.one_in(4) ? random.pick(wrong_files) : any_file(random);
        return;
    case 14:
        call.nr_ranges = random.one_in(3) ? call.ranges.size() + 1 : random.pick(counts);
        return;
    default:
        change_ranges(call, random);
    }
}

/// Something happens to a right call while it runs.
void Generator::disturb(Call& call, Random& random) const
{
    const auto set_file = [&](const std::string& name) {
        if (call.form != Form::ranges)
            call = Call::of(Form::flag);
        call.file = call.form == Form::flag ? name : call.file;
        if (call.form == Form::ranges) {
            RangeSpec& range = call.ranges[static_cast<std::size_t>(random.below(call.ranges.size()))];
            range = {.file = name, .length = 1 + random.below(5000), .buffer_offset = range.buffer_offset};
        }
    };
    const bool ranges = call.form == Form::ranges && random.one_in(2);
    switch (random.below(24)) {
    case 0:  // killed where it waits
        call.compat = 0;
        call.size = call.struct_size();
        call.kill = 1;
        (ranges ? call.ranges_place : call.place) =
            ranges || random.one_in(2) ? Where::late : Where::read_only;
        return;
    case 1:
        set_file(random.pick(scene_names));
        return;
    case 2:
    case 3:
    case 4:
    case 5:
        call.no_fds = 1;
        return;
    case 6:
    case 7:
    case 8:
    case 9:
    case 10:
        (ranges ? call.ranges_place : call.place) = Where::late;
        return;
    case 11:
    case 12:
    case 13:
    case 14:
        (ranges ? call.ranges_place : call.place) = Where::vanishing;
        return;
    case 15:
    case 16:
    case 17:
        call.swap = call.form != Form::plain ? 1 : 0;
        return;
    default:
        set_file(Files::slot_name);
    }
}

Call Generator::make(std::uint64_t seed, std::uint64_t number) const
{
    Random random(Random(seed).next() + number);
    const std::uint64_t kind = random.below(100);
    // A call that reads thousands of ranges is rare, as it makes thousands of reads. Where several things are
    // wrong, hardly any call gets there.
    const bool one_change = kind < 80;
    Call call = right_call(random, one_change ? 500 : 40);
    if (kind < 20)
        return call;
    if (kind < 32) {
        disturb(call, random);
        return call;
    }
    // Mostly one thing is wrong; where there are several, the order of the checks is seen.
    const std::uint64_t changes = one_change ? 1 : 2 + random.below(4);
    for (std::uint64_t i = 0; i < changes; ++i)
        change(call, random);
    if (call.place == Where::kernel || call.place == Where::noncanonical)
        call.compat = 0;
    return call;
}

}  // namespace fuzz
