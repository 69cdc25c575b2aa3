// The C face of simdjson's DOM parser. The parser writes a document as a "tape" of 64-bit words plus a buffer of
// unescaped strings; the format is described in simdjson's doc/tape.md. Swift walks the tape by itself, so a page
// costs one call and a field costs none.

#ifndef PULSE_CSIMDJSON_H
#define PULSE_CSIMDJSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Readable bytes that have to follow the text; their content does not matter.
#define PULSE_JSON_PADDING 64

typedef struct pulse_json_parser pulse_json_parser;

typedef enum {
    PULSE_JSON_OK = 0,
    /// The text is not a JSON document that simdjson reads; why is found out by `JSONRepairer`.
    PULSE_JSON_REFUSED,
    /// The text is longer than simdjson can index.
    PULSE_JSON_CAPACITY,
    /// The buffers could not be allocated.
    PULSE_JSON_MEMORY
} pulse_json_status;

/// A parsed document. The pointers belong to the parser and are valid until its next parse or its end.
typedef struct {
    pulse_json_status status;
    uint64_t *tape;
    const uint8_t *strings;
} pulse_json_document;

/// The version that was compiled in, such as "3.6.4".
const char *pulse_json_version(void);

/// A parser for documents nested less than `maximum_depth` containers deep; NULL when memory is short.
pulse_json_parser *pulse_json_parser_create(size_t maximum_depth);

/// Accepts NULL.
void pulse_json_parser_destroy(pulse_json_parser *parser);

/// Parses `length` bytes, which `PULSE_JSON_PADDING` further readable bytes have to follow.
pulse_json_document pulse_json_parse(pulse_json_parser *parser, const uint8_t *bytes, size_t length);

/// The length of the string that begins at `offset`; its bytes follow the length.
static inline uint32_t pulse_json_string_length(const uint8_t *strings, uint64_t offset) {
    uint32_t length;
    memcpy(&length, strings + offset, sizeof length);
    return length;
}

/// Eight bytes, the first in the lowest bits, from `skipped` bytes into the string at `offset`. They may reach past the end
/// of the string: the buffer is at least 64 bytes longer than all strings.
static inline uint64_t pulse_json_string_word(const uint8_t *strings, uint64_t offset, size_t skipped) {
    uint64_t word = 0;
    memcpy(&word, strings + offset + sizeof(uint32_t) + skipped, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}

static inline bool pulse_json_bytes_equal(const uint8_t *left, const uint8_t *right, size_t count) {
    return memcmp(left, right, count) == 0;
}

#ifdef __cplusplus
}
#endif

#endif
