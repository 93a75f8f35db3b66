// SPDX-License-Identifier: Apache-2.0
/// \file
/// A trace of one load as tracefs prints it, beside lines that are not the load's.
#pragma once

#include <string_view>

namespace dmaload::bench::testing {

/// 24 KB in three batches of 4, 8 and 12 KB; the window holds two. Another
/// task, whose name is made to mislead, loads at the same time.
inline constexpr std::string_view kTrace = R"(# tracer: nop
#
# entries-in-buffer/entries-written: 21/21   #P:2
#
#                                _-----=> irqs-off/BH-disabled
#           TASK-PID     CPU#  |||||  TIMESTAMP  FUNCTION
#              | |         |   |||||     |         |
         dmaload-215     [001] .....    12.000100: dma_heap_read_begin: call=00000000aaaa0001 size=24000 len=24576 ranges=1 direct=1 async=1 zeroed=0
         dmaload-215     [001] .....    12.000110: dma_heap_read_gather: call=00000000aaaa0001 batch=0 offset=0
     x [003] y-1-77      [000] .....    12.000115: dma_heap_read_begin: call=00000000bbbb0002 size=4096 len=4096 ranges=1 direct=0 async=0 zeroed=1
         dmaload-215     [001] .....    12.000120: dma_heap_read_submit: call=00000000aaaa0001 batch=0 offset=0 len=4096 segments=1 inflight=0
         dmaload-215     [001] .....    12.000130: dma_heap_read_submitted: call=00000000aaaa0001 batch=0 ret=-529
         dmaload-215     [001] .....    12.000131: dma_heap_read_gather: call=00000000aaaa0001 batch=1 offset=4096
         dmaload-215     [001] .....    12.000150: dma_heap_read_submit: call=00000000aaaa0001 batch=1 offset=4096 len=8192 segments=2 inflight=4096
     x [003] y-1-77      [000] d.h1.    12.000155: dma_heap_read_complete: call=00000000aaaa0001 batch=0 result=4096
         dmaload-215     [001] .....    12.000170: dma_heap_read_submitted: call=00000000aaaa0001 batch=1 ret=-529
         dmaload-215     [001] .....    12.000171: dma_heap_read_reap: call=00000000aaaa0001 batch=0 result=4096
         dmaload-215     [001] .....    12.000172: dma_heap_read_gather: call=00000000aaaa0001 batch=2 offset=12288
     x [003] y-1-77      [000] .....    12.000175: dma_heap_read_end: call=00000000bbbb0002 bytes=4096 ret=0
         dmaload-215     [001] .....    12.000190: dma_heap_read_submit: call=00000000aaaa0001 batch=2 offset=12288 len=12288 segments=3 inflight=8192
         dmaload-215     [001] .....    12.000200: dma_heap_read_submitted: call=00000000aaaa0001 batch=2 ret=12288
         dmaload-215     [001] .....    12.000205: dma_heap_read_wait: call=00000000aaaa0001 inflight=20480
          <idle>-0       [001] d.h2.    12.000290: dma_heap_read_complete: call=00000000aaaa0001 batch=1 result=8192
         dmaload-215     [001] .....    12.000300: dma_heap_read_reap: call=00000000aaaa0001 batch=1 result=8192
         dmaload-215     [001] .....    12.000302: dma_heap_read_reap: call=00000000aaaa0001 batch=2 result=12288
         dmaload-215     [001] .....    12.000305: some_other_event: call=00000000aaaa0001 batch=9
         dmaload-215     [001] .....    12.000310: dma_heap_read_finish: call=00000000aaaa0001
         dmaload-215     [001] .....    12.000350: dma_heap_read_end: call=00000000aaaa0001 bytes=24000 ret=0
)";

}  // namespace dmaload::bench::testing
