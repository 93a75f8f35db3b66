// SPDX-License-Identifier: Apache-2.0

#include "commands.hpp"

int main(int argc, char** argv)
{
    using namespace dmaload::cli;

    CLI::App app(
        "Loads a file from storage straight into a dma-buf, and measures which way of doing so is best.",
        "dmaload");
    app.set_version_flag("--version", "dmaload " DMALOAD_VERSION);
    app.require_subcommand(1);
    app.footer(
        "Exit status: 0 done, 1 failed, 2 wrong usage, 77 this machine cannot do it.\n"
        "`dmaload VERB --help` explains a verb; so does dmaload(1).");

    int exit_code = exit_done;
    add_load(app, exit_code);
    add_probe(app, exit_code);
    add_heaps(app, exit_code);
    add_bench(app, exit_code);
    add_report(app, exit_code);
    add_trace(app, exit_code);

    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        // Help and version arrive here too, as successes.
        return app.exit(error) == 0 ? exit_done : exit_usage;
    }
    return exit_code;
}
