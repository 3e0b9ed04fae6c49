// OpenSSL: TLS, and the digest by which Redis names a script.
#pragma once
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

// Macros that Swift cannot import.
static inline int rqd_ssl_ctx_set_min_version(SSL_CTX *context, int version) {
    return (int)SSL_CTX_set_min_proto_version(context, version);
}

static inline void rqd_ssl_ctx_set_mode(SSL_CTX *context, long mode) {
    SSL_CTX_set_mode(context, mode);
}

static inline int rqd_ssl_set_sni(SSL *ssl, const char *name) {
    return (int)SSL_set_tlsext_host_name(ssl, name);
}

static inline void rqd_bio_clear_retry(BIO *bio) { BIO_clear_retry_flags(bio); }
static inline void rqd_bio_set_retry_read(BIO *bio) { BIO_set_retry_read(bio); }
static inline void rqd_bio_set_retry_write(BIO *bio) { BIO_set_retry_write(bio); }
