# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034,SC2154 # read and set by scripts/bench
# What scripts/bench measures, by name: a function scenario_<name> for each, which calls measure() once a boot. A boot
# that fails ends the scenario; what was measured before is shown.

scenarios=(default smoke rates busy pressure fragmented small-memory concurrent filesystems sizes latency
    kills seed-table)

# In the words of userspace/bench/scenarios.cpp, which puts the same questions to the machine that it runs on.
declare -A scenario_about=(
    [default]="the main methods, unthrottled and at the phone-like rate, a half and a quarter of it"
    [smoke]="every method, few rounds: whether all of it works"
    [rates]="every method at disk rates from a tenth of the phone-like one to unthrottled"
    [busy]="every CPU has other work, which loses by the loads"
    [pressure]="0, 25, 50 and 75 % of the memory eaten by another process"
    [fragmented]="no free memory but single pages"
    [small-memory]="a guest with 1.25 times the memory that the file has"
    [concurrent]="1, 2, 4 and 8 loads at once"
    [filesystems]="ext4, f2fs, xfs, erofs, a raw disk, and tmpfs"
    [sizes]="from 64 MB to 8 GB, alloc-read; needs 13 GB of memory and 10 of disk"
    [latency]="32 loads of 64 MB each: idle, half of the memory eaten, and beside other reads"
    [kills]="how long a load takes to end that is killed"
    [seed-table]="512 KB, 8 MB, 1 GB and 3 GB, seven samples: the table of the 2024 patches"
)
declare -A scenario_minutes=(
    [default]=8 [smoke]=1 [rates]=18 [busy]=4 [pressure]=8 [fragmented]=4 [small-memory]=4 [concurrent]=4
    [filesystems]=12 [sizes]=8 [latency]=20 [kills]=3 [seed-table]=92
)
# What answers the question of most scenarios: ours, the strongest rivals, and what is done today.
main_methods=alloc-read,udmabuf-uring,udmabuf-uring-fixed,udmabuf,mmap-read
declare -A scenario_methods=([smoke]=all [rates]=all [latency]=all [seed-table]=all)
declare -A scenario_memory=([small-memory]=640 [pressure]=4096 [sizes]=10240 [seed-table]=8192)               # MB
declare -A scenario_image=([sizes]=$((12 << 30)) [seed-table]=$((5 << 30)) [concurrent]=$((2 << 30)))

# Sets phone to the phone-like rate: four times what "normal" reaches here with an unthrottled disk.
find_phone_rate()
{
    local memory=$guest_memory
    step "Finding the phone-like disk rate: normal, unthrottled disk"
    guest_memory=2048
    # A boot of its own, with a limit of its own on methods.
    methods=mmap-read measure calibration 256M 20 0 "$kernel" --no-limit || finish
    guest_memory=$memory
    set_phone_rate "${journals[0]}"
}

set_phone_rate()
{
    phone=$("$dmaload" report --phone-like "$1") || {
        failed=1
        finish
    }
    say "phone-like disk rate: $((phone / 1000000)) MB/s, four times what normal reached" >&2
}

# The phone-like boot gets more of the time: it has all sizes.
scenario_default()
{
    local share=$((minutes * 60 / 9))
    step "Measuring 1 of 4: unthrottled disk; about $minutes min left"
    measure unthrottled "512K,$large" $((share * 2)) 0 "$kernel" --stages || finish
    set_phone_rate "${journals[0]}"
    step "Measuring 2 of 4: phone-like disk, $((phone / 1000000)) MB/s; about $((share * 7 / 60)) min left"
    measure phone-like "$sizes" $((share * 3)) "$phone" "$kernel" --stages || finish
    step "Measuring 3 of 4: half of it, $((phone / 2000000)) MB/s; about $((share * 4 / 60)) min left"
    measure half "$large" $((share * 2)) $((phone / 2)) "$kernel" || finish
    step "Measuring 4 of 4: a quarter, $((phone / 4000000)) MB/s; about $((share * 2 / 60)) min left"
    measure quarter "$large" $((share * 2)) $((phone / 4)) "$kernel" || finish
}

scenario_smoke()
{
    step "Measuring: unthrottled disk, 3 rounds"
    measure smoke 512K,8M 30 0 "$kernel" --min-rounds 3 --max-rounds 3 || finish
}

scenario_rates()
{
    local share=$((minutes * 60 / 5)) part
    find_phone_rate
    for part in 10 4 2 1; do
        step "Measuring: $((phone / part / 1000000)) MB/s, a $part. part of the phone-like rate"
        measure "rate-1-of-$part" "$large" "$share" $((phone / part)) "$kernel" || finish
    done
    step "Measuring: unthrottled disk"
    measure rate-unthrottled "$large" "$share" 0 "$kernel" || finish
}

scenario_busy()
{
    local company=(--busy) share=$((minutes * 60 / 3))
    [ -z "$neighbour" ] || company=(--while "$neighbour")
    find_phone_rate
    step "Measuring 1 of 2: idle machine"
    measure idle "$large" "$share" "$phone" "$kernel" || finish
    step "Measuring 2 of 2: ${neighbour:-a spinner on each CPU}"
    measure busy "$large" $((share * 2)) "$phone" "$kernel" "${company[@]}" || finish
}

scenario_pressure()
{
    local share=$((minutes * 60 / 4)) percent
    find_phone_rate
    for percent in 0 25 50 75; do
        step "Measuring: $percent % of the memory eaten"
        # A way that finds no memory any more is a result, and no reason to leave out what is still to be measured.
        measure "eaten-$percent" "$large" "$share" "$phone" "$kernel" --eat "$percent" || [ $? -eq 1 ] || finish
    done
}

scenario_fragmented()
{
    local share=$((minutes * 60 / 2))
    find_phone_rate
    step "Measuring 1 of 2: memory as it is after boot"
    measure whole "$large" "$share" "$phone" "$kernel" || finish
    step "Measuring 2 of 2: single pages only"
    measure fragmented "$large" "$share" "$phone" "$kernel" --fragment || finish
}

scenario_small_memory()
{
    find_phone_rate
    step "Measuring: a file of 512 MB in a guest of $guest_memory MB"
    measure small-memory 512M $((minutes * 60)) "$phone" "$kernel" || finish
}

scenario_concurrent()
{
    local share=$((minutes * 60 / 4)) number
    find_phone_rate
    for number in 1 2 4 8; do
        step "Measuring: $number at once"
        measure "at-once-$number" 64M "$share" "$phone" "$kernel" --at-once "$number" || finish
    done
}

# Content for what cannot be written to in the guest: of no pattern, compared by its checksum.
random_file() { head -c "$(numfmt --from=iec "$large")" /dev/urandom >"$1"; }

make_erofs()
{
    local folder
    folder=$(mktemp -d "${1%/*}/erofs-XXXXXX")
    random_file "$folder/model.bin"
    mkfs.erofs --quiet "$1" "$folder" || die "mkfs.erofs could not make $1"
    rm -rf "$folder"
}

scenario_filesystems()
{
    local share=$((minutes * 60 / 6)) kind disk=$image
    find_phone_rate
    for kind in ext4 f2fs xfs; do
        step "Measuring: $kind"
        image=${disk%.img}-$kind.img filesystem=$kind measure "$kind" "$large" "$share" "$phone" "$kernel" || finish
        rm -f "${disk%.img}-$kind.img"
    done
    rm -f "${disk%.img}"-{erofs,raw}.img
    step "Measuring: erofs"
    make_erofs "${disk%.img}-erofs.img"
    image=${disk%.img}-erofs.img filesystem=erofs file=/disk0/model.bin \
        measure erofs "$large" "$share" "$phone" "$kernel" || finish
    step "Measuring: a raw disk"
    random_file "${disk%.img}-raw.img"
    # The guest has no other disk.
    image=${disk%.img}-raw.img filesystem=raw file=/dev/vda \
        measure raw "$large" "$share" "$phone" "$kernel" || finish
    rm -f "${disk%.img}"-{erofs,raw}.img
    step "Measuring: tmpfs, which has no disk"
    folder=/dev/shm measure tmpfs "$large" "$share" 0 "$kernel" --no-limit || finish
}

scenario_sizes()
{
    find_phone_rate
    step "Measuring: alloc-read from 64 MB to 8 GB"
    methods=alloc-read measure sizes 64M,256M,1G,8G $((minutes * 60)) "$phone" "$kernel" --no-limit || finish
}

scenario_latency()
{
    # A band needs 30 loads; one or two that are not cold may be among these.
    local share=$((minutes * 60 / 3)) often=(--min-rounds 32 --max-rounds 32 --no-limit)
    find_phone_rate
    step "Measuring 1 of 3: idle machine"
    measure latency-idle 64M "$share" "$phone" "$kernel" "${often[@]}" || finish
    step "Measuring 2 of 3: half of the memory eaten"
    measure latency-eaten 64M "$share" "$phone" "$kernel" "${often[@]}" --eat 50 || finish
    step "Measuring 3 of 3: another process reads from the same disk"
    # shellcheck disable=SC2016 # expanded in the guest
    measure latency-competing 64M "$share" "$phone" "$kernel" "${often[@]}" \
        --while 'dd if="$DMALOAD_DISK0" of=/dev/null bs=1M count=256 iflag=direct status=none' || finish
}

scenario_kills()
{
    find_phone_rate
    step "Measuring: loads that are killed"
    measure kills "$large" 60 "$phone" "$kernel" --min-rounds 3 --max-rounds 3 --no-limit --kills 40 || finish
}

scenario_seed_table()
{
    local size
    find_phone_rate
    # A boot for each size, so that a run can be resumed. Five samples are what that table had; intervals that tell the
    # ways apart need two more.
    for size in 512K 8M 1G 3G; do
        step "Measuring: the table of the 2024 patches, ${size}B"
        part=$size measure seed-table "$size" $((minutes * 60 / 3)) "$phone" "$kernel" --stages --min-rounds 7 \
            --max-rounds 7 || finish
    done
}
