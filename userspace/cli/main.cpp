// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "commands.hpp"

namespace {

/// What stands behind `--` is no business of the parser, which would not tell
/// it from files. Only `load` has that.
char** end_of_own(int argc, char** argv)
{
    char** const end = argv + argc;
    return argc > 1 && argv[1] == std::string_view("load") ? std::find(argv, end, std::string_view("--"))
                                                           : end;
}

}  // namespace

int main(int argc, char** argv)
{
    using namespace dmaload::cli;

    char** const mark = end_of_own(argc, argv);
    std::vector<std::string> words(argv, mark);
    if (!words.empty())
        words.front() = "dmaload";  // wherever it lies
    const std::vector<std::string> command(std::min(mark + 1, argv + argc), argv + argc);

    CLI::App app(
        "Loads a file from storage straight into a dma-buf, and measures which way of doing so is best.",
        "dmaload");
    app.set_version_flag("--version", "dmaload " DMALOAD_VERSION);
    app.require_subcommand(1);
    app.footer(
        "Exit status: 0 done, 1 failed, 2 wrong usage, 77 this machine cannot do it.\n"
        "`dmaload VERB --help` explains a verb; so does dmaload(1).");

    int exit_code = exit_done;
    add_load(app, command, exit_code);
    add_probe(app, exit_code);
    add_heaps(app, exit_code);
    add_bench(app, words, exit_code);
    add_doctor(app, exit_code);
    add_report(app, exit_code);
    add_trace(app, exit_code);

    try {
        app.parse(static_cast<int>(mark - argv), argv);
    } catch (const CLI::ParseError& error) {
        // Help and version arrive here too, as successes.
        return app.exit(error) == 0 ? exit_done : exit_usage;
    }
    return exit_code;
}
