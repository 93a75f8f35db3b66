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

/// What the patched 6.12 printed for 3,000,000 bytes, loaded direct from ext4.
inline constexpr std::string_view kRecorded = R"(# tracer: nop
#
# entries-in-buffer/entries-written: 25/25   #P:2
#
#                                _-----=> irqs-off/BH-disabled
#                               / _----=> need-resched
#                              | / _---=> hardirq/softirq
#                              || / _--=> preempt-depth
#                              ||| / _-=> migrate-disable
#                              |||| /     delay
#           TASK-PID     CPU#  |||||  TIMESTAMP  FUNCTION
#              | |         |   |||||     |         |
         dmaload-69      [000] .....    12.759286: dma_heap_read_begin: call=00000000563fc3a5 size=3000000 len=3002368 ranges=1 direct=1 async=1 zeroed=0
         dmaload-69      [000] .....    12.759508: dma_heap_read_gather: call=00000000563fc3a5 batch=0 offset=0
         dmaload-69      [000] .....    12.759531: dma_heap_read_submit: call=00000000563fc3a5 batch=0 offset=0 len=262144 segments=1 inflight=0
         dmaload-69      [000] .....    12.759846: dma_heap_read_submitted: call=00000000563fc3a5 batch=0 ret=-529
         dmaload-69      [000] .....    12.759855: dma_heap_read_gather: call=00000000563fc3a5 batch=1 offset=262144
         dmaload-69      [000] .....    12.759859: dma_heap_read_submit: call=00000000563fc3a5 batch=1 offset=262144 len=524288 segments=1 inflight=262144
         dmaload-69      [000] .....    12.759875: dma_heap_read_submitted: call=00000000563fc3a5 batch=1 ret=-529
         dmaload-69      [000] .....    12.759878: dma_heap_read_gather: call=00000000563fc3a5 batch=2 offset=786432
         dmaload-69      [000] .....    12.759885: dma_heap_read_submit: call=00000000563fc3a5 batch=2 offset=786432 len=1048576 segments=2 inflight=786432
         dmaload-69      [000] .....    12.759895: dma_heap_read_submitted: call=00000000563fc3a5 batch=2 ret=-529
         dmaload-69      [000] .....    12.759897: dma_heap_read_gather: call=00000000563fc3a5 batch=3 offset=1835008
         dmaload-69      [000] .....    12.760657: dma_heap_read_submit: call=00000000563fc3a5 batch=3 offset=1835008 len=1165312 segments=17 inflight=1835008
         dmaload-69      [000] .....    12.760749: dma_heap_read_submitted: call=00000000563fc3a5 batch=3 ret=-529
         dmaload-69      [000] .....    12.761056: dma_heap_read_wait: call=00000000563fc3a5 inflight=3000320
          <idle>-0       [000] d.h..    12.761913: dma_heap_read_complete: call=00000000563fc3a5 batch=0 result=262144
         dmaload-69      [000] .....    12.762137: dma_heap_read_reap: call=00000000563fc3a5 batch=0 result=262144
         dmaload-69      [000] .....    12.762143: dma_heap_read_wait: call=00000000563fc3a5 inflight=2738176
          <idle>-0       [000] d.h..    12.762553: dma_heap_read_complete: call=00000000563fc3a5 batch=1 result=524288
          <idle>-0       [000] dNh..    12.762570: dma_heap_read_complete: call=00000000563fc3a5 batch=2 result=1048576
          <idle>-0       [000] dNh..    12.762593: dma_heap_read_complete: call=00000000563fc3a5 batch=3 result=1164992
         dmaload-69      [000] .....    12.762612: dma_heap_read_reap: call=00000000563fc3a5 batch=1 result=524288
         dmaload-69      [000] .....    12.762615: dma_heap_read_reap: call=00000000563fc3a5 batch=2 result=1048576
         dmaload-69      [000] .....    12.762616: dma_heap_read_reap: call=00000000563fc3a5 batch=3 result=1164992
         dmaload-69      [000] .....    12.762713: dma_heap_read_finish: call=00000000563fc3a5
         dmaload-69      [000] .....    12.762811: dma_heap_read_end: call=00000000563fc3a5 bytes=3000000 ret=0
)";

}  // namespace dmaload::bench::testing
