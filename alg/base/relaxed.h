/* SPDX-License-Identifier: BSD-3-Clause */
/* relaxed.h: a store that others may read at any time, for code that is compiled for the kernel, too. */
#ifndef NATSBC_BASE_RELAXED_H
#define NATSBC_BASE_RELAXED_H

/* The compiler for BPF knows no atomic store; what it stores at once, it stores whole. */
#ifdef __bpf__
#define relaxed_store(at, value) (*(volatile __typeof__(*(at)) *)(at) = (value))
#else
#define relaxed_store(at, value) __atomic_store_n((at), (value), __ATOMIC_RELAXED)
#endif

#endif
