// SPDX-License-Identifier: Apache-2.0
#include "places.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>

#include "test_file.hpp"

namespace dmaload::test {

std::vector<std::string> directories()
{
    const char* const list = std::getenv("DMALOAD_TEST_DIRS");
    if (list == nullptr || *list == '\0')
        return {scratch_directory()};
    std::vector<std::string> result(1);
    for (const char* c = list; *c != '\0'; ++c) {
        if (*c == ':')
            result.emplace_back();
        else
            result.back() += *c;
    }
    return result;
}

bool offers_direct(const std::string& path)
{
    struct statx stx{};
    return ::statx(AT_FDCWD, path.c_str(), 0, STATX_DIOALIGN, &stx) == 0 &&
           (stx.stx_mask & STATX_DIOALIGN) != 0 && stx.stx_dio_offset_align != 0;
}

std::string word(std::string text)
{
    std::ranges::replace_if(text, [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
    return text;
}

}  // namespace dmaload::test
