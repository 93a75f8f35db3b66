// SPDX-License-Identifier: Apache-2.0
#include "hand_over.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>

#include "commands.hpp"
#include "output.hpp"

namespace dmaload::cli {

int hand_over(UniqueFd dmabuf, const std::vector<std::string>& command)
{
    if (command.empty())
        return exit_done;
    std::fflush(stdout);
    if (::fcntl(dmabuf.get(), F_SETFD, 0) < 0 ||
        ::setenv("DMALOAD_FD", std::to_string(dmabuf.get()).c_str(), 1) < 0) {
        print_error({"hand on the dma-buf", {}, errno, {}});
        return exit_failed;
    }
    std::vector<char*> arguments;
    for (const std::string& argument : command)
        arguments.push_back(const_cast<char*>(argument.c_str()));
    arguments.push_back(nullptr);
    ::execvp(arguments[0], arguments.data());
    print_error({"run", command[0], errno, errno == ENOENT ? "Check the name after `--`." : ""});
    return exit_failed;
}

}  // namespace dmaload::cli
