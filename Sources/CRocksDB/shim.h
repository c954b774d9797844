// RocksDB's C interface as Swift sees it.
#ifndef HYPOTHEC_CROCKSDB_SHIM_H
#define HYPOTHEC_CROCKSDB_SHIM_H

#include <rocksdb/c.h>

#endif
