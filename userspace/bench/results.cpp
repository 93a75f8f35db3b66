// SPDX-License-Identifier: Apache-2.0
#include "bench/results.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <utility>

#include "bench/json_values.hpp"
#include "bench/proc_file.hpp"

namespace dmaload::bench {

using nlohmann::json;

namespace {

/// The kinds of lines that become lists of the result.
constexpr std::pair<const char*, const char*> kLists[] = {
    {"limit", "limits"},
    {"sample", "samples"},
    {"unavailable", "unavailable"},
    {"reader", "readers"},
    {"failure", "failures"},
    {"end", "ends"},
    {"trace", "traces"},
    {"kill", "kills"},
    {"fio", "fio"},
    {"setting", "settings"},
    {"disk_model", "disk_model"},
    {"guest", "guests"},
};

json empty_result()
{
    json result = {{"schema", kSchema}, {"context", json::object()}, {"contexts", json::array()}};
    for (const auto& [kind, list] : kLists)
        result[list] = json::array();
    return result;
}

json labelled(const char* kind, const RunLabel& label)
{
    json record = {{"kind", kind}, {"scenario", label.scenario}, {"disk_rate", nullptr}};
    if (label.disk_rate)
        record["disk_rate"] = *label.disk_rate;
    return record;
}

json about(const char* kind, const RunLabel& label, const Subject& subject)
{
    json record = labelled(kind, label);
    record["method"] = subject.name();
    record["mode"] = to_string(subject.mode);
    return record;
}

Result<void> write_all(int fd, std::string_view text, const std::string& path)
{
    while (!text.empty()) {
        const ssize_t written = write(fd, text.data(), text.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return fail("write", path, errno, "Choose a folder with free space with --results.");
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

}  // namespace

json context_record(const RunLabel& label, json context)
{
    json record = labelled("context", label);
    record["context"] = std::move(context);
    return record;
}

json sample_record(const RunLabel& label, const Subject& subject, std::uint64_t size, int round,
                   const Sample& sample, std::chrono::nanoseconds cpu_resolution,
                   std::optional<std::uint64_t> extra_memory)
{
    json record = about("sample", label, subject);
    record.update({{"path_taken", to_string(sample.path_taken)},
                   {"makes_dmabuf", sample.is_dmabuf},
                   {"size", size},
                   {"round", round},
                   {"cold", sample.not_cold.empty()},
                   {"verified", sample.wrong.empty()},
                   {"total_ns", sample.total.count()},
                   {"cpu_ns", sample.cpu.count()},
                   {"cpu_resolution_ns", cpu_resolution.count()},
                   {"page_cache_bytes", sample.page_cache},
                   {"extra_memory_bytes", or_null(extra_memory)},
                   {"phases",
                    {{"alloc_ns", sample.phases.alloc.count()},
                     {"submit_ns", sample.phases.submit.count()},
                     {"wait_ns", sample.phases.wait.count()},
                     {"zero_ns", sample.phases.zero.count()},
                     {"map_ns", sample.phases.map.count()},
                     {"copy_ns", sample.phases.copy.count()},
                     {"cpu_access_ns", sample.cpu_access.count()}}},
                   {"phases_from", sample.phases_traced ? "trace" : "load"},
                   {"cached_before_bytes", sample.cached_before},
                   {"system_cache_growth_bytes", sample.system_cache_growth},
                   {"shmem_growth_bytes", sample.shmem_growth},
                   {"device_read_bytes", or_null(sample.device_read)}});
    if (subject.setting != nullptr)
        record["setting"] = subject.setting->name();
    if (!sample.loads.empty()) {
        json loads = json::array();
        for (const auto load : sample.loads)
            loads.push_back(load.count());
        record["loads_ns"] = std::move(loads);
    }
    if (sample.steal)
        record["steal_ns"] = sample.steal->count();
    if (sample.observed.neighbours_lost)
        record["neighbours_lost_ns"] = sample.observed.neighbours_lost->count();
    if (sample.observed.neighbours_off_cpu)
        record["neighbours_off_cpu_ns"] = sample.observed.neighbours_off_cpu->count();
    if (sample.observed.large_free_pages)
        record["large_free_pages"] = *sample.observed.large_free_pages;
    if (!sample.not_cold.empty())
        record["not_cold"] = sample.not_cold;
    if (!sample.wrong.empty())
        record["wrong"] = sample.wrong;
    return record;
}

json trace_record(const RunLabel& label, const Subject& subject, std::uint64_t size, const Timeline& timeline,
                  const std::optional<Prediction>& prediction)
{
    json record = about("trace", label, subject);
    record["size"] = size;
    record.update(to_json(timeline));
    if (prediction) {
        record["prediction"] = {{"first_batch_ns", prediction->first_batch.count()},
                                {"io_ns", prediction->io.count()},
                                {"rest_ns", prediction->rest.count()},
                                {"last_io_ns", prediction->last_io.count()},
                                {"finish_ns", prediction->finish.count()},
                                {"total_ns", prediction->total().count()}};
    }
    return record;
}

json failure_record(const RunLabel& label, const Subject& subject, std::uint64_t size, int round,
                    const std::string& error)
{
    json record = about("failure", label, subject);
    record.update({{"size", size}, {"round", round}, {"error", error}});
    return record;
}

json unavailable_record(const RunLabel& label, const Subject& subject, const std::string& reason)
{
    json record = about("unavailable", label, subject);
    record["reason"] = reason;
    return record;
}

json reader_record(const RunLabel& label, const ReaderRun& run)
{
    json record = labelled("reader", label);
    record.update({{"size", run.size},
                   {"block", run.setting.block},
                   {"depth", run.setting.depth},
                   {"total_ns", run.total.count()},
                   {"cpu_ns", run.cpu.count()},
                   {"cold", run.cold}});
    return record;
}

json fio_record(const RunLabel& label, const FioRun& run)
{
    json record = labelled("fio", label);
    record.update({{"size", run.size}, {"job", run.job}, {"total_ns", run.total.count()}});
    return record;
}

json limit_record(const RunLabel& label, std::uint64_t size, const Limit& limit)
{
    json record = labelled("limit", label);
    record.update({{"size", size}, {"total_ns", limit.total.count()}, {"by", limit.by}});
    return record;
}

json kill_record(const RunLabel& label, const Subject& subject, std::uint64_t size, const KilledLoad& killed)
{
    json record = about("kill", label, subject);
    record.update({{"size", size},
                   {"after_ns", killed.after.count()},
                   {"ended_ns", killed.ended.count()},
                   {"finished", killed.finished}});
    return record;
}

json setting_record(const RunLabel& label, const Subject& subject, std::uint64_t size,
                    std::string_view setting, std::span<const std::chrono::nanoseconds> loads, bool chosen)
{
    json record = about("setting", label, subject);
    json times = json::array();
    for (const auto load : loads)
        times.push_back(load.count());
    record.update({{"size", size}, {"setting", setting}, {"loads_ns", std::move(times)}, {"chosen", chosen}});
    return record;
}

json end_record(const RunLabel& label, const std::string& status)
{
    json record = labelled("end", label);
    record["status"] = status;
    return record;
}

Result<Journal> Journal::create(const std::string& path)
{
    UniqueFd fd(open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0644));
    if (!fd)
        return fail("create", path, errno, "Choose a folder for the results with --results.");
    return Journal(path, std::move(fd));
}

Result<void> Journal::append(const json& record)
{
    if (auto written = write_all(fd_.get(), record.dump() + "\n", path_); !written)
        return written;
    // EINVAL and ENOSYS: nothing to wait for (a pipe, a filesystem without it).
    if (fdatasync(fd_.get()) != 0 && errno != EINVAL && errno != ENOSYS)
        return fail("fdatasync", path_, errno);
    return {};
}

json assemble(std::span<const json> records)
{
    json result = empty_result();
    for (json record : records) {
        const std::string kind = record.value("kind", "");
        record.erase("kind");
        if (kind == "context") {
            if (result["context"].empty())
                result["context"] = record["context"];
            result["contexts"].push_back(std::move(record));
            continue;
        }
        for (const auto& [name, list] : kLists) {
            if (kind == name)
                result[list].push_back(record);
        }
    }
    return result;
}

json merge(std::span<const json> results)
{
    json merged = empty_result();
    for (const json& result : results) {
        if (merged["context"].empty() && result.contains("context"))
            merged["context"] = result["context"];
        for (const auto& [key, list] : result.items()) {
            if (list.is_array()) {
                json& target = merged[key];
                target.insert(target.end(), list.begin(), list.end());
            }
        }
    }
    return merged;
}

Result<json> load_result(const std::string& path)
{
    const auto text = read_text(path);
    if (!text)
        return std::unexpected(text.error());
    json whole = json::parse(*text, nullptr, false);
    if (whole.is_object() && whole.contains("schema")) {
        if (whole["schema"] != kSchema)
            return fail("read", path, 0, fmt::format("Its schema is not {}.", kSchema));
        return whole;
    }
    std::vector<json> records;
    for (const std::string_view line : split(*text, "\n")) {
        json record = json::parse(line, nullptr, false);
        if (record.is_object() && record.contains("kind") && record["kind"].is_string())
            records.push_back(std::move(record));
    }
    if (records.empty())
        return fail("read", path, 0, "It is neither a result file nor a journal of dmaload bench.");
    return assemble(records);
}

std::unexpected<Error> wrong_fields(const json::exception& error)
{
    return fail("read the result", error.what(), 0,
                fmt::format("Its fields are not those of schema {}.", kSchema));
}

Result<void> write_result(const std::string& path, const json& result)
{
    const std::string unfinished = path + ".part";
    const UniqueFd fd(open(unfinished.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    if (!fd)
        return fail("create", unfinished, errno, "Choose a folder for the results with --results.");
    if (auto written = write_all(fd.get(), result.dump(1) + "\n", unfinished); !written)
        return written;
    if (fsync(fd.get()) != 0)
        return fail("fsync", unfinished, errno);
    if (rename(unfinished.c_str(), path.c_str()) != 0)
        return fail("rename", unfinished, errno);
    return {};
}

}  // namespace dmaload::bench
