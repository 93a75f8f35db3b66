// SPDX-License-Identifier: Apache-2.0
#include "progress.hpp"

#include <charconv>
#include <cstdlib>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>

#include <sys/mman.h>

namespace faults {

Progress::Progress()
{
    void* memory = ::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        contract::throw_errno("mmap");
    shared_ = new (memory) Shared{};
}

Progress::~Progress()
{
    ::munmap(shared_, sizeof(Shared));
}

contract::Errno Progress::counted(const std::function<contract::Errno()>& call) const
{
    ++shared_->begun;
    const contract::Errno error = call();
    ++shared_->ended;
    if (error.value != 0)
        shared_->error = error.value;
    return error;
}

int Progress::load_on(const Load& load) const
{
    for (;;)
        if (const contract::Errno error = counted([&] { return load.call_and_close(); }); error.value != 0)
            return error.value;
}

contract::Errno Progress::call(Load& load) const
{
    return counted([&] { return load.call(); });
}

void Progress::load_in_threads(const Load& load, int threads) const
{
    for (int i = 0; i < threads; ++i)
        std::thread([this, &load] { load_on(load); }).detach();
}

bool Progress::has_begun() const
{
    return contract::eventually([this] { return shared_->begun > 0; });
}

long Progress::next_call() const
{
    const long before = shared_->begun;
    return contract::eventually([&] { return shared_->begun > before; }) ? shared_->begun.load() : 0;
}

void Progress::reset() const
{
    shared_->begun = 0;
    shared_->ended = 0;
    shared_->error = 0;
}

long times_of(const char* variable, long otherwise)
{
    const char* text = std::getenv(variable);
    if (text == nullptr || *text == '\0')
        return otherwise;
    const std::string_view digits(text);
    long times = 0;
    const auto [end, error] = std::from_chars(digits.begin(), digits.end(), times);
    if (error != std::errc() || end != digits.end() || times < 1)
        throw std::runtime_error(std::string(variable) + " is not a number of times: " + text);
    return times;
}

}  // namespace faults
