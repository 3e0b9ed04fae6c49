// OpenSSL: the digest by which Redis names a script.
#pragma once
#include <openssl/sha.h>
