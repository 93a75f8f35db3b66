// SPDX-License-Identifier: Apache-2.0
#include "fail_function.hpp"

#include <utility>

#include <unistd.h>

#include "support/system.hpp"

namespace faults {
namespace {

const std::string folder = "/sys/kernel/debug/fail_function/";

void set(const std::string& name, const std::string& text)
{
    contract::require_write(folder + name, text);
}

}  // namespace

bool FailFunction::exists()
{
    return ::access((folder + "inject").c_str(), W_OK) == 0;
}

FailFunction::FailFunction(std::string function, std::int64_t result) : function_(std::move(function))
{
    // The function is entered by a breakpoint, in which the kernel does not know the task: no filter by task,
    // and no fail-nth. Nobody else calls what is tested.
    set("task-filter", "N");
    set("verbose", "0");
    set("interval", "1");
    set("times", "0");
    set("probability", "100");
    set("inject", function_);
    if (result != 0)
        set(function_ + "/retval", std::to_string(static_cast<std::uint64_t>(result)));
}

FailFunction::~FailFunction()
{
    contract::write_text(folder + "times", "0");
    contract::write_text(folder + "inject", "!" + function_);
    contract::write_text(folder + "probability", "0");
}

void FailFunction::arm(unsigned int n) const
{
    set("space", std::to_string(n));  // a call costs 1; the one that finds no more left fails
    set("times", "1");
}

bool FailFunction::fired() const
{
    const bool none_left = std::stol(contract::read_text(folder + "times")) == 0;
    set("times", "0");
    return none_left;
}

}  // namespace faults
