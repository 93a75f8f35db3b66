// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace faults {

/// Has kmemleak look for objects that nothing points to, which takes some
/// seconds. Its report on all that were found since boot, empty for none.
/// Throws if it cannot look.
std::string lost_objects();

}  // namespace faults
