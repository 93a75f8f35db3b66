# SPDX-License-Identifier: Apache-2.0
"""Results as `dmaload bench` writes them, made up, with all that a report has to cope with: many methods, long names,
ties, outliers with and without a reason, samples that were not cold, failures, methods that were not available,
columns beside the spine, kills, and traces. Always the same ones."""

import random

MB = 1 << 20
METHODS = [  # name, mode, speed against normal, share of a CPU, fills the page cache
    ("alloc-read", "direct", 3.0, 0.10, False), ("alloc-read", "buffered", 1.2, 0.95, True),
    ("udmabuf", "direct", 2.4, 0.60, False), ("udmabuf", "buffered", 1.1, 0.95, True),
    ("udmabuf-uring-fixed", "direct", 2.9, 0.55, False), ("udmabuf-hugetlb", "direct", 2.5, 0.5, False),
    ("mmap-read", "buffered", 1.0, 0.98, True), ("mmap-file-populate", "buffered", 0.9, 0.98, True),
    ("bounce-uring", "direct", 2.0, 0.8, False), ("sendfile-heap", "direct", 0.3, 0.2, False),
    ("copy-file-range", "direct", 2.8, 0.15, False),
]
STAGES = [("alloc-read:sync", 1.6), ("alloc-read:vmap", 1.9), ("alloc-read:bvec", 2.3), ("alloc-read:window", 2.7)]
SCENARIOS = [  # name, disk rate, sizes, rounds
    ("unthrottled", None, [256 * MB], 9), ("phone-like", 1_400_000_000, [512 << 10, 8 * MB, 256 * MB], 15),
    ("half", 700_000_000, [256 * MB], 9), ("quarter", 350_000_000, [256 * MB], 9),
    ("latency-idle", 1_400_000_000, [64 * MB], 34), ("latency-competing", 1_400_000_000, [64 * MB], 34),
    ("few", 1_400_000_000, [8 * MB], 3), ("seed-table", 1_400_000_000, [512 << 10, 8 * MB, 1024 * MB, 3072 * MB], 7),
]


def phases_of(method, total):
    if method.startswith("alloc-read"):
        parts = {"alloc_ns": 0.35, "submit_ns": 0.15, "wait_ns": 0.4, "map_ns": 0.08}
    else:
        parts = {"alloc_ns": 0.1, "copy_ns": 0.75, "map_ns": 0.12, "zero_ns": 0.01}
    phases = dict.fromkeys(("alloc_ns", "submit_ns", "wait_ns", "zero_ns", "map_ns", "copy_ns", "cpu_access_ns"), 0)
    phases.update({name: int(share * total) for name, share in parts.items()})
    return phases


class Maker:
    def __init__(self, seed, slower):
        self.random = random.Random(seed)
        self.slower = slower
        self.result = {"schema": 1, "context": {}, "contexts": [], "limits": [], "samples": [], "unavailable": [],
                       "readers": [], "fio": [], "failures": [], "ends": [], "traces": [], "kills": []}

    def label(self, scenario, rate, size=None):
        label = {"scenario": scenario, "disk_rate": rate}
        return label if size is None else label | {"size": size}

    def time(self, rate, size, speed):
        """What a load takes: set-up, then the disk or the CPU, whichever is slower."""
        disk = size / rate if rate else 0
        cpu = size / 330e6 / speed * self.slower
        return 1e9 * (0.002 + max(disk, cpu)) * self.random.lognormvariate(0, 0.05)

    def sample(self, label, method, mode, round_, total, busy, cached, **more):
        return label | {
            "method": method, "mode": mode, "path_taken": "buffered" if cached else mode, "round": round_, "cold": True,
            "verified": True, "total_ns": int(total), "cpu_ns": int(total * busy), "cpu_resolution_ns": 20_000,
            "page_cache_bytes": label["size"] if cached else 0, "extra_memory_bytes": 25 * MB if cached else 4096,
            "phases": phases_of(method, total), "phases_from": "trace" if method.startswith("alloc-read") else "load",
            "cached_before_bytes": 0, "system_cache_growth_bytes": 0, "shmem_growth_bytes": 0,
            "device_read_bytes": label["size"] + 8192} | more

    def scenario(self, scenario, rate, sizes, rounds):
        for size in sizes:
            label = self.label(scenario, rate, size)
            if rate:
                self.result["limits"].append(label | {"total_ns": int(1e9 * size / rate + 1e5), "by": "disk model"})
            self.references(label)
            more = {"neighbours_lost_ns": 12_500_000} if scenario == "latency-competing" else {}
            rows = [(m, mode, speed, busy, cached) for m, mode, speed, busy, cached in METHODS]
            if scenario in ("phone-like", "seed-table") and size == sizes[-1]:
                rows += [(name, "direct", speed, 0.3, False) for name, speed in STAGES]
            for round_ in range(1, rounds + 1):
                disturbed = 1.6 if round_ == 6 else 1.0
                for method, mode, speed, busy, cached in rows:
                    total = self.time(rate, size, speed) * disturbed
                    self.result["samples"].append(self.sample(label, method, mode, round_, total, busy, cached, **more))

    def references(self, label):
        """What reads into memory that is there; of most runs only."""
        if label["scenario"].startswith("latency"):
            return
        for block, depth in ((MB, 16), (4 * MB, 8)):
            total = self.time(label["disk_rate"], label["size"], 3.2)
            self.result["readers"].append(label | {"block": block, "depth": depth, "total_ns": int(total),
                                                   "cpu_ns": int(0.2 * total), "cold": True})
        for job, speed in (("buffered", 1.1), ("direct", 2.5)):
            self.result["fio"] += [label | {"job": job, "total_ns": int(self.time(label["disk_rate"], label["size"], speed))}
                                   for _ in range(2)]

    def blemishes(self):
        """What goes wrong in a real run."""
        mine = [s for s in self.result["samples"] if s["scenario"] == "phone-like" and s["size"] == 256 * MB]
        of = lambda method, mode: [s for s in mine if (s["method"], s["mode"]) == (method, mode)]
        busy = of("udmabuf", "direct")[2]
        busy.update(total_ns=busy["total_ns"] * 4, device_read_bytes=busy["device_read_bytes"] + 300 * MB)
        of("bounce-uring", "direct")[3].update(total_ns=2_900_000_000)
        stolen = of("mmap-read", "buffered")[7]
        stolen.update(total_ns=stolen["total_ns"] * 2, steal_ns=stolen["total_ns"])
        of("udmabuf-hugetlb", "direct")[4].update(
            cold=False, not_cold="4096 bytes of the file were in the page cache before the load")
        for sample in of("copy-file-range", "direct"):
            sample["path_taken"] = "buffered"
        self.result["failures"].append(
            self.label("phone-like", 1_400_000_000, 256 * MB) |
            {"method": "sendfile-heap", "mode": "direct", "round": 9, "error": "sendfile: <Input/output> \"error\" & more"})
        self.result["unavailable"].append(
            self.label("phone-like", 1_400_000_000) |
            {"method": "dontcache-read", "mode": "buffered",
             "reason": "RWF_DONTCACHE: Operation not supported. Needs Linux 6.14 & a filesystem that <knows> it."})

        for number in range(5):
            self.result["kills"].append(self.label("kills", 1_400_000_000, 256 * MB) | {
                "method": "alloc-read", "mode": "direct", "after_ns": number * 10_000_000, "ended_ns": 3_000_000 + number * 100_000,
                "finished": number == 4})

    def trace(self):
        label = self.label("phone-like", 1_400_000_000, 256 * MB)
        for load, pace in enumerate((5_600_000, 5_700_000, 6_000_000)):
            caller, batches, now = [], [], 0
            for number in range(32):
                steps = (("alloc", 0.35), ("submit", 0.15), ("wait", 0.5))
                times = {}
                for what, share in steps:
                    end = now + int(share * pace)
                    caller.append({"what": what, "begin_ns": now, "end_ns": end})
                    times[what], now = (now, end), end
                submit = times["submit"][0]
                batches.append({"batch": number, "offset": number * 8 * MB, "length": 8 * MB, "segments": 8, "queued": True,
                                "result": 8 * MB, "gather_ns": times["alloc"][0], "submit_ns": submit,
                                "submitted_ns": times["submit"][1], "complete_ns": submit + int(1.6 * pace),
                                "reap_ns": submit + int(1.7 * pace)})
            end = batches[-1]["reap_ns"] + 4_000_000
            caller += [{"what": "wait", "begin_ns": now, "end_ns": end - 4_000_000},
                       {"what": "map", "begin_ns": end - 4_000_000, "end_ns": end}]
            self.result["traces"].append(label | {
                "method": "alloc-read", "mode": "direct", "total_ns": end, "bytes": 256 * MB, "error": 0, "direct": True,
                "async": True, "zeroed": False, "caller": caller, "batches": batches})

    def context(self, kernel):
        findings = [
            {"what": "clock", "weight": "ok", "found": "tsc", "advice": ""},
            {"what": "CPU governor", "weight": "warning", "found": "schedutil", "advice": "As root: echo performance > ..."},
            {"what": "processor", "weight": "note", "found": "emulated (TCG)", "advice": "Compare ratios."}]
        context = {
            "time": "2026-11-25T04:00:00Z",
            "kernel": {"release": kernel, "version": "#1 SMP", "machine": "x86_64",
                       "command_line": "console=ttyS0 tsc=reliable tsc_early_khz=2000000 cma=64M"},
            "cpu": {"model": "Model <X> & Co", "online": 2, "governor": "schedutil", "hypervisor": "TCG",
                    "clocksource": "tsc", "cpu_time_source": "/proc/timer_list", "cpu_time_resolution_ns": 20000},
            "memory": {"total": 2 << 30, "available": 1800 * MB, "page_size": 4096},
            "heaps": {"used": "system", "list": ["reserved", "system"], "alloc_and_read_file": "yes"},
            "files": [{"path": "/disk0/dmaload-268435456.bin", "size": 256 * MB, "filesystem": "ext4",
                       "content": "seeded pattern"}],
            "notes": {"revision": "5f37f30", "host": "Linux 6.1, 2 CPUs"}, "findings": findings}
        self.result["context"] = context
        for scenario, rate, _, _ in SCENARIOS:
            plan = {"seed": 1, "min_rounds": 7, "max_rounds": 40, "precision": 0.05, "disk_rate": rate, "disk_latency_us": 100}
            condition = {"while": "dd if=/dev/vda"} if scenario == "latency-competing" else {}
            self.result["contexts"].append(self.label(scenario, rate) | {
                "context": context | {"plan": plan, "loads_at_once": 1, "condition": condition}})


def make(seed=1, slower=1.0, kernel="6.12.117"):
    maker = Maker(seed, slower)
    for scenario in SCENARIOS:
        maker.scenario(*scenario)
    maker.blemishes()
    maker.trace()
    maker.context(kernel)
    return maker.result
