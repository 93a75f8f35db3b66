/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * DMABUF Heaps Userspace API
 *
 * Copyright (C) 2011 Google, Inc.
 * Copyright (C) 2019 Linaro Ltd.
 */
#ifndef _LINUX_DMABUF_POOL_H
#define _LINUX_DMABUF_POOL_H

#include <linux/ioctl.h>
#include <linux/types.h>

/**
 * DOC: DMABUF Heaps Userspace API
 */

/* Valid FD_FLAGS are O_CLOEXEC, O_RDONLY, O_WRONLY, O_RDWR */
#define DMA_HEAP_VALID_FD_FLAGS (O_CLOEXEC | O_ACCMODE)

/**
 * DOC: DMA_HEAP_ALLOC_AND_READ_FILE - allocate a buffer and read a file into it
 *
 * A heap flag. The buffer takes the size of the file that &file_fd names, in
 * whole pages, and holds the file's bytes and zeros behind them when the ioctl
 * returns. The file must be a regular file or a block device, not be empty,
 * and be open for reading; it is read directly if it is open with O_DIRECT and
 * through the page cache if not. Its file offset is neither used nor moved.
 *
 * The ioctl then fails with these errors as well, checked in this order:
 *
 * - EINVAL: the kernel does not know the flag, or &reserved is not zero
 * - EOPNOTSUPP: the heap cannot read files
 * - EBADF: &file_fd is not open, or not for reading
 * - EINVAL: the file is of another type, or empty
 * - EFBIG: no buffer can be as large as the file
 * - ENOMEM: the machine has less memory than that
 * - EMFILE: no file descriptor is left for the buffer
 * - EINTR: the caller has been killed
 * - EIO: the file has shrunk meanwhile
 *
 * and with what allocating memory and reading the file give. To probe for the
 * flag, call with a &file_fd of -1.
 */
#define DMA_HEAP_ALLOC_AND_READ_FILE (1ULL << 0)

#define DMA_HEAP_VALID_HEAP_FLAGS (DMA_HEAP_ALLOC_AND_READ_FILE)

/**
 * struct dma_heap_allocation_data - metadata passed from userspace for
 *                                      allocations
 * @len:		size of the allocation
 * @file_fd:		with DMA_HEAP_ALLOC_AND_READ_FILE, in place of @len: the
 *			file to read
 * @reserved:		with DMA_HEAP_ALLOC_AND_READ_FILE: must be zero
 * @fd:			will be populated with a fd which provides the
 *			handle to the allocated dma-buf
 * @fd_flags:		file descriptor flags used when allocating
 * @heap_flags:		flags passed to heap
 *
 * Provided by userspace as an argument to the ioctl
 */
struct dma_heap_allocation_data {
	union {
		__u64 len;
		struct {
			__s32 file_fd;
			__u32 reserved;
		};
	};
	__u32 fd;
	__u32 fd_flags;
	__u64 heap_flags;
};

/* More ranges than this in one call are refused */
#define DMA_HEAP_READ_MAX_RANGES 4096

/**
 * struct dma_heap_read_range - part of a file, and its place in a buffer
 * @file_fd:		a regular file or block device, open for reading;
 *			read directly if it is open with O_DIRECT, through the
 *			page cache if not
 * @reserved:		must be zero
 * @file_offset:	where the part begins in the file, in bytes; the file's
 *			own offset is neither used nor moved
 * @length:		how many bytes; not 0, and not beyond the file's end
 * @buffer_offset:	where it begins in the buffer, in bytes
 *
 * If the file is read directly, both offsets must be multiples of the
 * alignment that statx() gives as stx_dio_offset_align (of a block device: its
 * logical block size), and @buffer_offset of stx_dio_mem_align. The length need
 * not be a multiple of anything.
 */
struct dma_heap_read_range {
	__s32 file_fd;
	__u32 reserved;
	__u64 file_offset;
	__u64 length;
	__u64 buffer_offset;
};

/**
 * struct dma_heap_allocate_read_data - metadata passed from userspace for
 *                                      allocations that ranges are read into
 * @len:		size of the allocation; 0: as long as the ranges need
 * @ranges:		address of an array of struct dma_heap_read_range, in
 *			any order; they must not overlap in the buffer
 * @nr_ranges:		entries of @ranges, 1 to DMA_HEAP_READ_MAX_RANGES
 * @fd_flags:		file descriptor flags used when allocating
 * @heap_flags:		must be zero
 * @fd:			will be populated with a fd which provides the
 *			handle to the allocated dma-buf
 * @reserved:		must be zero
 * @bytes_read:		will be populated with the sum of the lengths
 *
 * Provided by userspace as an argument to the ioctl. May grow at its end in
 * later versions: what the kernel does not know must be zero, and a struct that
 * ends before @bytes_read does is refused.
 */
struct dma_heap_allocate_read_data {
	__u64 len;
	__u64 ranges;
	__u32 nr_ranges;
	__u32 fd_flags;
	__u64 heap_flags;
	__u32 fd;
	__u32 reserved;
	__u64 bytes_read;
};

#define DMA_HEAP_IOC_MAGIC		'H'

/**
 * DOC: DMA_HEAP_IOCTL_ALLOC - allocate memory from pool
 *
 * Takes a dma_heap_allocation_data struct and returns it with the fd field
 * populated with the dmabuf handle of the allocation.
 */
#define DMA_HEAP_IOCTL_ALLOC	_IOWR(DMA_HEAP_IOC_MAGIC, 0x0,\
				      struct dma_heap_allocation_data)

/**
 * DOC: DMA_HEAP_IOCTL_ALLOC_READ - allocate a buffer and read ranges into it
 *
 * Takes a dma_heap_allocate_read_data struct and returns it with the fd field
 * populated with the dmabuf handle of the allocation. Every byte of the buffer
 * is that of a range or zero. Fails with these errors, checked in this order,
 * and with what allocating memory and reading the files give:
 *
 * - E2BIG: the struct is longer than the kernel's, and not zero there
 * - EINVAL: the struct is shorter than its first version
 * - EINVAL: an unknown flag, or a reserved field that is not zero
 * - EOPNOTSUPP: the heap cannot read files
 * - EINVAL: no range, or too many
 * - EFAULT: the ranges are not readable
 * - for each range: EINVAL: a reserved field, no length, or offsets that
 *   overflow; EBADF: no file open for reading; EINVAL: a file of another type,
 *   a range beyond its end, or offsets that direct reads cannot have
 * - EINVAL: ranges overlap, or do not fit in @len
 * - EFBIG: no buffer can be so large
 * - ENOMEM: the machine has less memory than that
 * - EMFILE: no file descriptor is left for the buffer
 * - EINTR: the caller has been killed
 * - EIO: a file has shrunk meanwhile
 *
 * To probe for it, call with one range whose file_fd is -1 and length 1.
 */
#define DMA_HEAP_IOCTL_ALLOC_READ	_IOWR(DMA_HEAP_IOC_MAGIC, 0x1,\
				      struct dma_heap_allocate_read_data)

#endif /* _LINUX_DMABUF_POOL_H */
