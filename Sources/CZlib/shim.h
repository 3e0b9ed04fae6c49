// zlib: RQ compresses a job's data and a failure's traceback.
#pragma once
#include <zlib.h>
