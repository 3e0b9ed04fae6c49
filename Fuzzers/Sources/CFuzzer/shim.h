// libFuzzer's own main, for programs that have one themselves.
#pragma once
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*take)(const uint8_t *data, size_t size));
// Ours, in take.swift; told here because a C function has one address in all of a program.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
