#include "ctoml.h"
int rqd_toml_placeholder(void) { return 0; }
