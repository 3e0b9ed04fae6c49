#include "ctoml.h"

#include <sstream>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

// The library asserts what a file can make untrue, such as a key that begins with no letter; and where
// assertions are off, it lets the compiler build upon it. Without either it reports the mistake.
#undef NDEBUG
#define TOML_ASSERT(expression) static_cast<void>(0)
#include <toml++/toml.h>

namespace {

ctoml_text text_of(std::string_view text) { return {text.data(), text.size()}; }

struct Visitor {
    void *context;
    void (*visit)(void *, const ctoml_node *);
    std::vector<ctoml_text> path;

    void table(const toml::table &table) {
        for (auto &&[key, value] : table) {
            path.push_back(text_of(key.str()));
            node(value, key.source().begin, 0);
            path.pop_back();
        }
    }

    void node(const toml::node &value, toml::source_position key, size_t nesting) {
        ctoml_node node = {};
        node.path = path.data();
        node.depth = path.size();
        node.nesting = nesting;
        node.line = value.source().begin.line;
        node.column = value.source().begin.column;
        node.key_line = key.line;
        node.key_column = key.column;
        value.visit([&](const auto &typed) { fill_and_visit(typed, node, key); });
    }

    template <typename Node>
    void fill_and_visit(const Node &value, ctoml_node &node, toml::source_position key) {
        std::string date;
        if constexpr (toml::is_table<Node>) node.kind = CTOML_TABLE;
        else if constexpr (toml::is_array<Node>) node.kind = CTOML_ARRAY;
        else if constexpr (toml::is_string<Node>) {
            node.kind = CTOML_STRING;
            node.text = text_of(value.get());
        } else if constexpr (toml::is_integer<Node>) {
            node.kind = CTOML_INTEGER;
            node.integer = value.get();
        } else if constexpr (toml::is_floating_point<Node>) {
            node.kind = CTOML_FLOAT;
            node.floating = value.get();
        } else if constexpr (toml::is_boolean<Node>) {
            node.kind = CTOML_BOOLEAN;
            node.integer = value.get() ? 1 : 0;
        } else {
            std::ostringstream stream;
            stream << value.get();
            date = stream.str();
            node.kind = CTOML_DATE;
            node.text = text_of(date);
        }
        visit(context, &node);
        if constexpr (toml::is_table<Node>) {
            if (node.nesting == 0) table(value);
        }
        if constexpr (toml::is_array<Node>) {
            for (auto &&element : value) this->node(element, key, node.nesting + 1);
        }
    }
};

}  // namespace

int ctoml_parse(const char *document, size_t count, void *context,
                void (*visit)(void *, const ctoml_node *),
                void (*failed)(void *, const ctoml_error *)) {
    toml::parse_result result = toml::parse(std::string_view(document, count));
    if (!result) {
        const toml::parse_error &error = result.error();
        ctoml_error reported = {text_of(error.description()), error.source().begin.line,
                                error.source().begin.column};
        failed(context, &reported);
        return 0;
    }
    Visitor{context, visit, {}}.table(result.table());
    return 1;
}
