#include <apps/terminal.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <unistd.h>

namespace everlong::apps {
namespace {

constexpr std::string_view kReset = "\033[0m";
constexpr int kBarWidth = 16;

std::string_view code_of(Colour colour) {
    switch (colour) {
    case Colour::kGood: return "\033[32m";
    case Colour::kWarn: return "\033[33m";
    case Colour::kBad: return "\033[31m";
    case Colour::kDim: return "\033[2m";
    case Colour::kBold: return "\033[1m";
    case Colour::kNone: break;
    }
    return "";
}

// Columns that a text takes: UTF-8 sequences count once, colour codes not at all.
std::size_t width_of(std::string_view text) {
    std::size_t width = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\033') {
            i = std::min(text.find('m', i), text.size());
            continue;
        }
        if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) ++width;
    }
    return width;
}

std::string padded(const std::string& text, std::size_t width) {
    const std::size_t taken = width_of(text);
    return text + std::string(width > taken ? width - taken : 0, ' ');
}

} // namespace

bool has_colours() {
    static const bool answer = [] {
        const char* no_colour = std::getenv("NO_COLOR");
        const char* term = std::getenv("TERM");
        const bool is_wanted = no_colour == nullptr || *no_colour == '\0';
        return is_wanted && isatty(STDOUT_FILENO) == 1 && term != nullptr && std::string_view(term) != "dumb";
    }();
    return answer;
}

std::string painted(std::string_view text, Colour colour) {
    if (colour == Colour::kNone || !has_colours()) return std::string(text);
    return std::string(code_of(colour)) + std::string(text) + std::string(kReset);
}

std::string escaped(std::string_view text) {
    std::string clean;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        // U+200E, U+200F, U+202A..U+202E and U+2066..U+2069 turn the direction of what follows.
        const bool is_mark =
            text.substr(i).starts_with("\xE2\x80") && i + 2 < text.size() &&
            ((static_cast<unsigned char>(text[i + 2]) >= 0x8E && static_cast<unsigned char>(text[i + 2]) <= 0x8F) ||
             (static_cast<unsigned char>(text[i + 2]) >= 0xAA && static_cast<unsigned char>(text[i + 2]) <= 0xAE));
        const bool is_isolate = text.substr(i).starts_with("\xE2\x81") && i + 2 < text.size() &&
                                static_cast<unsigned char>(text[i + 2]) >= 0xA6 &&
                                static_cast<unsigned char>(text[i + 2]) <= 0xA9;
        if (is_mark || is_isolate) {
            i += 2;
        } else if (byte < 0x20 || byte == 0x7f) {
            char code[5];
            std::snprintf(code, sizeof code, "\\x%02x", byte);
            clean += code;
        } else {
            clean += text[i];
        }
    }
    return clean;
}

std::string life_bar(double share, std::string_view label, Colour colour) {
    const int full = std::clamp(static_cast<int>(share * kBarWidth + 0.5), 0, kBarWidth);
    std::string bar;
    for (int i = 0; i < full; ++i)
        bar += "█";
    std::string rest;
    for (int i = full; i < kBarWidth; ++i)
        rest += "░";
    return painted(bar, colour) + painted(rest, Colour::kDim) + " " + std::string(label);
}

void Sheet::print() const {
    std::size_t width = 0;
    for (const auto& line : lines_)
        width = std::max(width, width_of(line.first));
    for (const auto& [label, value] : lines_) {
        std::cout << "  " << painted(padded(label, width), Colour::kDim) << "  " << value << "\n";
    }
}

void Table::print() const {
    std::vector<std::size_t> widths(rows_.front().size(), 0);
    for (const auto& row : rows_) {
        for (std::size_t i = 0; i < row.size(); ++i)
            widths[i] = std::max(widths[i], width_of(row[i]));
    }
    for (std::size_t r = 0; r < rows_.size(); ++r) {
        std::string line;
        for (std::size_t i = 0; i < rows_[r].size(); ++i) {
            const std::string cell = r == 0 ? painted(rows_[r][i], Colour::kDim) : rows_[r][i];
            line += i + 1 < rows_[r].size() ? padded(cell, widths[i]) + "  " : cell;
        }
        std::cout << line << "\n";
    }
}

std::string text_at(const boost::json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    if (value == nullptr || !value->is_string()) return {};
    return escaped(value->as_string());
}

bool flag_at(const boost::json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    return value != nullptr && value->is_bool() && value->as_bool();
}

const boost::json::object* object_at(const boost::json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    return value != nullptr && value->is_object() ? &value->as_object() : nullptr;
}

std::string joined(const boost::json::object& object, std::string_view array_name) {
    const auto* value = object.if_contains(array_name);
    if (value == nullptr || !value->is_array()) return {};
    std::string text;
    for (const auto& item : value->as_array()) {
        if (item.is_string()) text += (text.empty() ? "" : ", ") + escaped(item.as_string());
    }
    return text;
}

} // namespace everlong::apps
