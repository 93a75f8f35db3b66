// SPDX-License-Identifier: Apache-2.0
#include "prefaulter.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

#include "memfd.hpp"

namespace dmaload {

Prefaulter::Prefaulter(std::span<std::byte> memory, std::size_t piece, unsigned helpers,
                       std::function<void()> afterwards)
    : memory_(memory),
      piece_(piece),
      afterwards_(std::move(afterwards)),
      done_((memory.size() + piece - 1) / piece)
{
    for (unsigned i = 0; i < helpers; ++i) {
        const bool first = i == 0;
        try {
            helpers_.emplace_back([this, first](const std::stop_token& stop) {
                while (!stop.stop_requested() && populate_next()) {
                }
                if (!first || stop.stop_requested())
                    return;
                // Nobody stops behind what has been begun, so these come to their end.
                for (const std::atomic<bool>& done : done_)
                    done.wait(false);
                afterwards_();
            });
        } catch (const std::system_error&) {
            break;  // the limit of threads: fewer will do
        }
    }
}

Prefaulter::~Prefaulter()
{
    for (std::jthread& helper : helpers_)
        helper.request_stop();
}

void Prefaulter::join()
{
    // Not by their destructors, which would have them stop first.
    for (std::jthread& helper : helpers_)
        helper.join();
    helpers_.clear();
}

std::span<std::byte> Prefaulter::piece(std::size_t index) const noexcept
{
    const std::size_t begin = index * piece_;
    return memory_.subspan(begin, std::min(piece_, memory_.size() - begin));
}

void Prefaulter::need(std::size_t index)
{
    while (!done_[index]) {
        if (!populate_next())
            done_[index].wait(false);
    }
}

/// Whether there was one left.
bool Prefaulter::populate_next()
{
    const std::size_t index = next_.fetch_add(1);
    if (index >= pieces())
        return false;
    populate(piece(index));
    done_[index] = true;
    done_[index].notify_all();
    return true;
}

}  // namespace dmaload
