// SPDX-License-Identifier: Apache-2.0
/// \file
/// From the records of a result to groups of rows.
#pragma once

#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "bench/analysis.hpp"

namespace dmaload::bench {

/// Takes records one by one, in any order; throws nlohmann::json::exception
/// where a field is not of its type.
class GroupBuilder {
public:
    void add_sample(const nlohmann::json& sample);
    void add_failure(const nlohmann::json& failure);
    void add_limit(const nlohmann::json& limit);
    void add_reader(const nlohmann::json& run);
    void add_fio(const nlohmann::json& run);
    void add_setting(const nlohmann::json& setting);
    void add_trace(const nlohmann::json& trace);
    /// Sums up what was added, and sorts it; to be called once.
    [[nodiscard]] std::vector<Group> finish();

private:
    /// What a row gathers before it can be summed up.
    struct Gathered {
        std::vector<double> page_cache;
        std::vector<double> extra_memory;
        std::map<std::string, std::vector<double>> phases;
        std::map<std::string, std::vector<double>> extras;
        std::map<std::string, std::size_t> paths;
        std::vector<double> predicted;
        std::vector<double> traced;  ///< of the same loads
        std::vector<double> tried;   ///< the shortest load of each setting, nanoseconds
    };

    /// Groups and rows live in lists that do not move, because rows are known
    /// by their address until the end.
    struct GroupInMaking {
        Group group;
        std::vector<std::unique_ptr<Row>> rows;
    };

    /// These are made where they are asked for first.
    GroupInMaking& making_of(const nlohmann::json& object);
    Group& group_of(const nlohmann::json& object);
    Row& row_of(const nlohmann::json& object);

    static Point point_of(const nlohmann::json& sample);
    void sum_up(Row& row);

    std::vector<std::unique_ptr<GroupInMaking>> groups_;
    std::map<const Row*, Gathered> gathered_;
};

}  // namespace dmaload::bench
