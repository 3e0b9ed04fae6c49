// A TOML document as a list of leaves, each with its path and position.
#pragma once
#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif
int rqd_toml_placeholder(void);
#ifdef __cplusplus
}
#endif
