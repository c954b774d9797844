// Linux's own calls that the toolchain's Glibc module leaves out. Headers alone: nothing is linked
// but the C library.
#pragma once
#include <malloc.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/socket.h>

// Declared by glibc for _GNU_SOURCE alone.
extern int accept4(int descriptor, struct sockaddr *restrict address,
                   socklen_t *restrict length, int flags);
