// SPDX-License-Identifier: Apache-2.0
#include <dmaload/error.hpp>

#include <system_error>

namespace dmaload {

std::string Error::message() const
{
    std::string text = operation;
    if (!object.empty())
        text += ' ' + object;
    if (code != 0)
        text += ": " + std::generic_category().message(code);
    if (!advice.empty())
        text += (code != 0 ? ". " : ": ") + advice;
    return text;
}

}  // namespace dmaload
