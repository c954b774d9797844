// OpenSSL 3 as Swift sees it: the headers, and the function-like macros that do not import.
#ifndef HYPOTHEC_COPENSSL_SHIM_H
#define HYPOTHEC_COPENSSL_SHIM_H

// SHA256_Init, _Update and _Final are deprecated in OpenSSL 3 for the EVP interface, which is
// two to four times slower for the 65-byte inputs of a Merkle node (docs/decisions).
#define OPENSSL_SUPPRESS_DEPRECATED

#include <openssl/crypto.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

// SSL_OP_NO_... are function-like: what TLS is to be told once and for all. No stateless tickets, no
// compression, no renegotiation. That no session outlives its connection is the caller's to say: it
// turns the cache off and asks for no tickets.
static inline void hypothec_ssl_ctx_set_options(SSL_CTX *context) {
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
}

#endif
