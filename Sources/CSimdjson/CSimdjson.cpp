#include "CSimdjson.h"

#include <algorithm>
#include <new>
#include <simdjson.h>
#include <string>

static_assert(PULSE_JSON_PADDING >= simdjson::SIMDJSON_PADDING, "simdjson reads further past the text than we promise");

struct pulse_json_parser {
    simdjson::dom::parser parser;
    size_t maximum_depth;
};

namespace {

/// Room for pages that vary in size, so that a slightly longer one does not allocate everything anew.
size_t rounded_capacity(size_t length) {
    constexpr size_t smallest = size_t(64) << 10;
    size_t quarter_more = length + length / 4;
    return std::min(std::max(smallest, quarter_more), size_t(simdjson::SIMDJSON_MAXSIZE_BYTES));
}

pulse_json_status status_of(simdjson::error_code error) {
    switch (error) {
    case simdjson::SUCCESS: return PULSE_JSON_OK;
    case simdjson::CAPACITY: return PULSE_JSON_CAPACITY;
    case simdjson::MEMALLOC: return PULSE_JSON_MEMORY;
    default: return PULSE_JSON_REFUSED;
    }
}

}

extern "C" const char *pulse_json_version(void) {
    static const std::string version = std::to_string(simdjson::SIMDJSON_VERSION_MAJOR) + "."
        + std::to_string(simdjson::SIMDJSON_VERSION_MINOR) + "." + std::to_string(simdjson::SIMDJSON_VERSION_REVISION);
    return version.c_str();
}

extern "C" pulse_json_parser *pulse_json_parser_create(size_t maximum_depth) {
    auto *created = new (std::nothrow) pulse_json_parser();
    if (created) { created->maximum_depth = maximum_depth; }
    return created;
}

extern "C" void pulse_json_parser_destroy(pulse_json_parser *parser) {
    delete parser;
}

extern "C" pulse_json_document pulse_json_parse(pulse_json_parser *parser, const uint8_t *bytes, size_t length) {
    auto &dom = parser->parser;
    if (length > simdjson::SIMDJSON_MAXSIZE_BYTES) { return {PULSE_JSON_CAPACITY, nullptr, nullptr}; }
    if (dom.capacity() < length || dom.doc.capacity() < length || dom.capacity() == 0) {
        size_t capacity = rounded_capacity(length);
        auto error = dom.allocate(capacity, parser->maximum_depth);
        if (!error) { error = dom.doc.allocate(capacity); }
        if (error) { return {status_of(error), nullptr, nullptr}; }
    }
    auto error = dom.parse(bytes, length, false).error();
    if (error) { return {status_of(error), nullptr, nullptr}; }
    return {PULSE_JSON_OK, dom.doc.tape.get(), dom.doc.string_buf.get()};
}
