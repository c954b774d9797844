// Linux's own calls that the toolchain's Glibc module leaves out. Headers alone: nothing is linked
// but the C library.
#pragma once
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
