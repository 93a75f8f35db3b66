// SPDX-License-Identifier: Apache-2.0
#include "bench/fio.hpp"

#include <fmt/format.h>
#include <sys/wait.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>

namespace dmaload::bench {

using nlohmann::json;

namespace {

/// As one word of a shell's command.
std::string quoted(const std::string& text)
{
    std::string word = "'";
    for (const char letter : text)
        word += letter == '\'' ? std::string("'\\''") : std::string(1, letter);
    return word + "'";
}

/// What a shell command prints, its errors too, if it succeeds.
Result<std::string> output_of(const std::string& command)
{
    std::FILE* const pipe = popen((command + " 2>&1").c_str(), "re");
    if (pipe == nullptr)
        return fail("run", command, errno);
    std::string text;
    std::array<char, 4096> part{};
    while (const std::size_t n = std::fread(part.data(), 1, part.size(), pipe))
        text.append(part.data(), n);
    const int status = pclose(pipe);
    if (status == 0)
        return text;
    return fail("run", command, 0,
                WIFEXITED(status) && WEXITSTATUS(status) == 127
                    ? std::string("fio is not installed.")
                    : fmt::format("It failed: {}", text.substr(0, 400)));
}

}  // namespace

Result<std::chrono::nanoseconds> fio_time(std::string_view output, std::uint64_t size)
{
    // Warnings may stand before it.
    const std::size_t start = std::min(output.find('{'), output.size());
    try {
        const auto reads = json::parse(output.substr(start)).at("jobs").at(0).at("read");
        // A reference says whether it is a whole number; a value would be made of any.
        const auto bytes = reads.at("io_bytes").get_ref<const json::number_unsigned_t&>();
        const auto runtime = reads.at("runtime").get_ref<const json::number_unsigned_t&>();
        if (bytes != size)
            return fail("fio", "its result", 0, fmt::format("It read {} of {} bytes.", bytes, size));
        constexpr auto kLongest =
            std::chrono::floor<std::chrono::milliseconds>(std::chrono::nanoseconds::max());
        if (runtime > static_cast<std::uint64_t>(kLongest.count()))
            return fail("fio", "its result", 0, fmt::format("It took {} ms.", runtime));
        return std::chrono::milliseconds(runtime);
    } catch (const json::exception& error) {
        return fail("fio", "its result", 0, fmt::format("It is not what fio 3 prints: {}", error.what()));
    }
}

Result<FioRun> run_fio(const std::string& job_file, const TestFile& file)
{
    const auto output =
        output_of(fmt::format("FILE={} fio --output-format=json {}", quoted(file.path), quoted(job_file)));
    if (!output)
        return std::unexpected(output.error());
    const auto time = fio_time(*output, file.size);
    if (!time)
        return std::unexpected(time.error());
    return FioRun{std::filesystem::path(job_file).stem(), file.size, *time};
}

}  // namespace dmaload::bench
