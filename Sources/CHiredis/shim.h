// hiredis's reply reader; the transport is RedisKit's own.
#pragma once
#include <hiredis/hiredis.h>
#include <hiredis/read.h>
