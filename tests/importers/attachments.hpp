// SPDX-License-Identifier: Apache-2.0
/// \file
/// Which devices have attached to a dma-buf, as debugfs tells.
#pragma once

#include <string>
#include <vector>

namespace importers {

/// The names of the devices, in the order in which they attached.
std::vector<std::string> attached_devices(int dmabuf);

}  // namespace importers
