// What other programs read in the files that we write, and what python-dotenv reads in files that others wrote. Each of
// these readers is the real one; where it is not installed, its test is skipped and says so.

#include <core/dotenv.hpp>
#include <support/temp_dir.hpp>
#include <unit/core/dotenv_files.hpp>

#include <cstdio>
#include <gtest/gtest.h>
#include <map>
#include <memory>
#include <optional>

namespace everlong::core {
namespace {

using namespace dotenv_test;
using test::TempDir;
using test::write_bytes;
using Values = std::map<std::string, std::string>;

// Nothing where the command fails.
std::optional<std::string> output_of(const std::string& command) {
    const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen((command + " 2>/dev/null").c_str(), "r"),
                                                     [](FILE*) { return 0; });
    if (!pipe) return std::nullopt;
    std::string output;
    char buffer[4096];
    while (const std::size_t size = std::fread(buffer, 1, sizeof buffer, pipe.get()))
        output.append(buffer, size);
    if (pclose(pipe.get()) != 0) return std::nullopt;
    return output;
}

// "KEY=value" and NUL, again and again, as env -0 prints them.
Values values_in(std::string_view output) {
    Values values;
    while (!output.empty()) {
        const std::string_view item = output.substr(0, output.find('\0'));
        output.remove_prefix(std::min(item.size() + 1, output.size()));
        values[std::string(item.substr(0, item.find('=')))] = std::string(item.substr(item.find('=') + 1));
    }
    return values;
}

// A reader: a command that prints the values of the file that takes the place of @, and a command that succeeds where it
// is installed.
struct Reader {
    std::string name;
    std::string probe;
    std::string command;
    bool takes_crlf;
};

const Reader kPython{
    "python-dotenv", "/usr/bin/python3 -c 'import dotenv'",
    "/usr/bin/python3 -c 'import sys,dotenv\n"
    "for k,v in dotenv.dotenv_values(\"@\").items(): sys.stdout.buffer.write(f\"{k}={v}\\0\".encode())'",
    true};
const Reader kBash{"bash", "bash -c true", "env -i bash --norc --noprofile -c 'set -a; . \"@\"; /usr/bin/env -0'",
                   false};
const Reader kShell{"sh", "sh -c true", "env -i sh -c 'set -a; . \"@\"; /usr/bin/env -0'", false};
const Reader kNode{"node --env-file", "node --env-file=/dev/null -e 0",
                   "env -i $(command -v node) --env-file='@' -e "
                   "'for (const k in process.env) process.stdout.write(k + \"=\" + process.env[k] + \"\\0\")'",
                   true};
const Reader kRuby{"ruby dotenv", "ruby -e 'require \"dotenv\"'",
                   "ruby -e 'require \"dotenv\"; Dotenv.parse(\"@\").each { |k, v| print k, \"=\", v, \"\\0\" }'",
                   true};

Values read_with(const Reader& reader, const std::string& path) {
    std::string command = reader.command;
    command.replace(command.find('@'), 1, path);
    const auto output = output_of(command);
    EXPECT_TRUE(output.has_value()) << reader.name << " cannot read " << path;
    return output ? values_in(*output) : Values();
}

// Values of every kind that writing accepts, by key.
Values make_values() {
    Values values{{"TOKEN", "EAABsbCS1iHgBO0ZBx4KqZC7"},
                  {"ID", "17841400000000001"},
                  {"BAR", "123|abc"},
                  {"TILDE", "~root"},
                  {"HOME_LIKE", "a:~b"},
                  {"BLANKS", " a b "},
                  {"HASH", "a #b"},
                  {"HASH_FIRST", "#b"},
                  {"QUOTE", "a'b"},
                  {"DOUBLE", "a\"b\""},
                  {"TICK", "a`id`b"},
                  {"SHELL", "a;id&b<c>(d)"},
                  {"GLOB", "*?[a]{b,c}"},
                  {"BANG", "a!b"},
                  {"ALL", "aZ09_-|.%=:~+/,@^"},
                  {"UNICODE", "caf\xC3\xA9"}};
    Random random(31);
    for (int i = 0; values.size() < 200; ++i) {
        const std::string value = make_value(random);
        const DotenvAssignment assignment[] = {{"K", value}};
        if (set_values("", assignment)) values["K" + std::to_string(i)] = value;
    }
    return values;
}

void expect_read_back(const Reader& reader) {
    if (!output_of(reader.probe)) GTEST_SKIP() << reader.name << " is not installed";
    const Values values = make_values();
    std::vector<DotenvAssignment> assignments;
    for (const auto& [key, value] : values)
        assignments.push_back({key, value});
    for (const std::string before :
         {"", "# c\nTOKEN=\"old\" # mine\nOTHER='x y'\nID=1", "export TOKEN='old'#c\nexport ID=\nBAR= # c\n",
          "OTHER=\"x y\"\r\nTOKEN=\"a\r\nb\"\r\nID=1"}) {
        if (before.contains('\r') && !reader.takes_crlf) continue;
        SCOPED_TRACE(before);
        TempDir dir;
        const auto written = set_values(before, assignments);
        ASSERT_TRUE(written.has_value()) << written.error().summary();
        write_bytes(dir / ".env", std::string(written->reveal()));
        const Values read = read_with(reader, (dir / ".env").string());
        for (const auto& [key, value] : values) {
            ASSERT_TRUE(read.contains(key)) << key;
            EXPECT_EQ(read.at(key), value) << key;
        }
        if (before.contains("OTHER")) EXPECT_EQ(read.at("OTHER"), "x y");
    }
}

TEST(DotenvReaders, PythonDotenvReadsWhatIsWritten) {
    expect_read_back(kPython);
}
TEST(DotenvReaders, BashReadsWhatIsWritten) {
    expect_read_back(kBash);
}
TEST(DotenvReaders, ThePlainShellReadsWhatIsWritten) {
    expect_read_back(kShell);
}
TEST(DotenvReaders, NodeReadsWhatIsWritten) {
    expect_read_back(kNode);
}
TEST(DotenvReaders, RubyReadsWhatIsWritten) {
    expect_read_back(kRuby);
}

// Known differences, all of them told as damage or refused: backticks are quotes to us (they are to Node), a "#" right
// behind "=" begins a comment (as for Node), a byte-order mark is passed over.
bool is_read_alike(const std::string& bytes, const Dotenv& file) {
    if (bytes.starts_with("\xEF\xBB\xBF")) return false;
    for (const DotenvEntry& entry : file.entries()) {
        if (entry.quote == DotenvQuote::kBacktick) return false;
        if (file.key_of(entry) == "TOKEN" && entry.has_comment && entry.text_begin == entry.text_end) return false;
    }
    return true;
}

TEST(DotenvReaders, PythonDotenvReadsForeignFilesAsWeDo) {
    if (!output_of(kPython.probe)) GTEST_SKIP() << "python-dotenv is not installed";
    TempDir dir;
    Values expected;
    for (unsigned seed = 1; seed <= 3000; ++seed) {
        Random random(seed);
        const std::string bytes = make_file(random);
        const auto file = parse_dotenv(bytes);
        if (!file || !is_read_alike(bytes, *file) || bytes.contains('\xFF')) continue;
        const auto reading = file->read("TOKEN");
        if (!reading) continue;
        write_bytes(dir / std::to_string(seed), bytes);
        expected[std::to_string(seed)] =
            reading->occurrences == 0 ? "absent" : "=" + std::string(reading->value.reveal());
    }
    EXPECT_GT(expected.size(), 800U);
    const auto output = output_of("/usr/bin/python3 -c 'import sys,os,dotenv,logging\n"
                                  "logging.disable(logging.CRITICAL)\n"
                                  "for name in os.listdir(sys.argv[1]):\n"
                                  "    values = dotenv.dotenv_values(sys.argv[1] + \"/\" + name, interpolate=False)\n"
                                  "    value = values.get(\"TOKEN\")\n"
                                  "    text = \"absent\" if value is None else \"=\" + value\n"
                                  "    sys.stdout.buffer.write(f\"{name}={text}\\0\".encode())' " +
                                  dir.path().string());
    ASSERT_TRUE(output.has_value());
    const Values read = values_in(*output);
    for (const auto& [seed, value] : expected) {
        const auto found = read.find(seed);
        ASSERT_NE(found, read.end());
        EXPECT_EQ(found->second, value) << "seed " << seed << ", file "
                                        << testing::PrintToString(test::read_bytes(dir / seed));
    }
}

} // namespace
} // namespace everlong::core
