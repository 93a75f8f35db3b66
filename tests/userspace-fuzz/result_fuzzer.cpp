// SPDX-License-Identifier: Apache-2.0
/// \file
/// Result files and journals, and every report of them: by itself, and
/// compared with itself; and what a host's doctor found.
#include <bench/host_findings.hpp>
#include <bench/report.hpp>
#include <bench/report_formats.hpp>
#include <bench/reproduce.hpp>
#include <dmaload/unique_fd.hpp>

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "json_mutator.hpp"
#include "require.hpp"

using dmaload::fuzz::require;

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

/// Changes one line as JSON, be it the only one or one of a journal; now and
/// then the bytes, whatever they are.
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned seed)
{
    std::minstd_rand random(seed);
    std::string text(reinterpret_cast<const char*>(data), size);
    const std::size_t somewhere = text.empty() ? 0 : random() % text.size();
    const std::size_t begin = somewhere == 0 ? 0 : text.rfind('\n', somewhere - 1) + 1;
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    auto line = nlohmann::json::parse(text.substr(begin, end - begin), nullptr, false);
    if (line.is_discarded() || random() % 16 == 0)
        return LLVMFuzzerMutate(data, size, max_size);
    for (auto changes = random() % 3 + 1; changes > 0; --changes)
        dmaload::fuzz::mutate(line, random);
    text.replace(begin, end - begin, line.dump());
    if (text.size() > max_size)
        return LLVMFuzzerMutate(data, size, max_size);
    std::ranges::copy(text, data);
    return text.size();
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace dmaload;
    using namespace dmaload::bench;
    const std::string text(reinterpret_cast<const char*>(data), size);
    if (const auto findings = parse_host_findings("host.json", text))
        require(findings->is_array(), "findings are a list");
    else
        require(!findings.error().message().empty(), "an error has a text");

    const UniqueFd file(memfd_create("result", MFD_CLOEXEC));
    require(write(file.get(), data, size) == static_cast<ssize_t>(size), "the input is in a file");
    const std::string path = "/proc/self/fd/" + std::to_string(file.get());

    for (const auto& files : {std::vector{path}, std::vector{path, path}}) {
        const auto report = read_report(files, std::chrono::milliseconds(100));
        if (!report) {
            require(!report.error().message().empty(), "an error has a text");
            continue;
        }
        for (const char* format : {"text", "markdown", "csv", "html"}) {
            const auto page = render(*report, format, true);
            require(page || !page.error().message().empty(), "a report, or why there is none");
        }
        for (const ReportPart& part : report->parts) {
            (void)reproduce_command(part.result);
            (void)all_verified(part.result);
        }
    }
    return 0;
}
