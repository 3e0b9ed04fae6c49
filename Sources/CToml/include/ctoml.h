// A TOML document as a list of nodes, each with its path and position.
#pragma once
#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif

// A piece of text: not terminated, may hold zero bytes, UTF-8.
typedef struct ctoml_text {
    const char *bytes;
    size_t count;
} ctoml_text;

typedef enum ctoml_kind {
    CTOML_TABLE,    // a header or an inline table; what is in it follows
    CTOML_ARRAY,    // its elements follow
    CTOML_STRING,   // text
    CTOML_INTEGER,  // integer
    CTOML_FLOAT,    // floating
    CTOML_BOOLEAN,  // integer: 0 or 1
    CTOML_DATE      // text: a date, a time or both, as TOML writes it
} ctoml_kind;

// One node. Lines and columns count from 1, columns in characters; 0 is unknown.
typedef struct ctoml_node {
    const ctoml_text *path;  // the keys from the top; an element has its array's path
    size_t depth;            // how many keys; at least 1
    size_t nesting;          // how many arrays it is inside of; 0 for what has a key
    ctoml_kind kind;
    ctoml_text text;
    int64_t integer;
    double floating;
    uint32_t line, column;          // of the value or the table's header
    uint32_t key_line, key_column;  // of the last key of the path
} ctoml_node;

// A syntax error.
typedef struct ctoml_error {
    ctoml_text message;
    uint32_t line, column;
} ctoml_error;

// Parses a document and visits its nodes, parents first, siblings in no particular order.
// All pointers handed to the callbacks are valid until the callback returns.
// Returns 1, or 0 after `failed` was called with the first syntax error.
int ctoml_parse(const char *document, size_t count, void *context,
                void (*visit)(void *context, const ctoml_node *node),
                void (*failed)(void *context, const ctoml_error *error));

#ifdef __cplusplus
}
#endif
