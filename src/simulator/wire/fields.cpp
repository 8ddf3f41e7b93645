#include <simulator/wire/fields.hpp>

#include <algorithm>
#include <cctype>

namespace everlong::simulator {
namespace {

// Deeper nesting is no query of any client, and recursion has to end somewhere.
constexpr int kDeepestNesting = 10;
constexpr std::size_t kUsualFields = 8;

class Parser {
public:
    explicit Parser(std::string_view text) : text_(text) {}

    Outcome<std::vector<Field>> parse() {
        auto fields = parse_list(0);
        if (fields && at_ != text_.size()) return refuse_here("Expected end of string");
        return fields;
    }

private:
    std::unexpected<GraphError> refuse_here(std::string_view expectation) const {
        return refuse(Refusal::kFieldSyntax, {expectation, std::to_string(at_), text_});
    }

    void skip_blanks() {
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n'))
            ++at_;
    }

    bool take(char wanted) {
        skip_blanks();
        if (at_ >= text_.size() || text_[at_] != wanted) return false;
        ++at_;
        return true;
    }

    std::string take_name() {
        skip_blanks();
        const auto begin = at_;
        while (at_ < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[at_])) != 0 || text_[at_] == '_'))
            ++at_;
        return std::string(text_.substr(begin, at_ - begin));
    }

    Outcome<std::vector<Field>> parse_list(int depth) {
        if (depth > kDeepestNesting) return refuse_here("Expected fewer levels");
        std::vector<Field> fields;
        fields.reserve(kUsualFields);
        do {
            auto field = parse_field(depth);
            if (!field) return std::unexpected(std::move(field.error()));
            // Named twice, it is answered once.
            if (std::ranges::find(fields, field->name, &Field::name) == fields.end())
                fields.push_back(std::move(*field));
        } while (take(','));
        skip_blanks();
        return fields;
    }

    Outcome<Field> parse_field(int depth) {
        Field field;
        field.name = take_name();
        if (field.name.empty()) return refuse_here("Expected name");
        while (take('.')) {
            const std::string modifier = take_name();
            if (modifier.empty() || !take('(')) return refuse_here("Expected modifier");
            const auto end = text_.find(')', at_);
            if (end == std::string_view::npos) return refuse_here("Expected )");
            field.modifiers[modifier] = std::string(text_.substr(at_, end - at_));
            at_ = end + 1;
        }
        if (take('{')) {
            auto children = parse_list(depth + 1);
            if (!children) return std::unexpected(std::move(children.error()));
            if (!take('}')) return refuse_here("Expected }");
            field.children = std::move(*children);
        }
        return field;
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

} // namespace

Outcome<std::vector<Field>> parse_fields(std::string_view text) {
    return Parser(text).parse();
}

} // namespace everlong::simulator
