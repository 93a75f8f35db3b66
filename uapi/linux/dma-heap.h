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

#define DMA_HEAP_IOC_MAGIC		'H'

/**
 * DOC: DMA_HEAP_IOCTL_ALLOC - allocate memory from pool
 *
 * Takes a dma_heap_allocation_data struct and returns it with the fd field
 * populated with the dmabuf handle of the allocation.
 */
#define DMA_HEAP_IOCTL_ALLOC	_IOWR(DMA_HEAP_IOC_MAGIC, 0x0,\
				      struct dma_heap_allocation_data)

#endif /* _LINUX_DMABUF_POOL_H */
