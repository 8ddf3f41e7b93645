#include <media/mp4_boxes.hpp>

#include <media/bytes.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

namespace everlong::media {
namespace {

constexpr std::size_t kHead = 8;
constexpr std::size_t kLongHead = 16; // size 1: the true one follows in 64 bits
// A file of Meta's length has a few hundred boxes where it is fragmented, a dozen else. More is somebody's game.
constexpr int kMostBoxes = 100'000;
constexpr int kDeepest = 4;              // moov, trak, edts, elst
constexpr std::size_t kEditsRead = 4096; // bytes of one elst: its first edits say what it is

constexpr std::array<std::string_view, 7> kFirstBoxes{"ftyp", "moov", "mdat", "wide", "free", "skip", "pnot"};

struct Box {
    std::string type;
    std::uint64_t content = 0; // where it begins
    std::uint64_t end = 0;     // may lie behind the file's
};

// Reads heads within [at, end); false where none is left or readable.
class Walk {
public:
    Walk(int file, std::uint64_t at, std::uint64_t end) : file_(file), at_(at), end_(end) {}

    bool next(Box& box) {
        if (end_ - at_ < kHead) return false;
        const std::string head = read_at(file_, at_, kLongHead);
        std::uint64_t size = big_endian_at(head, 0, 4);
        std::uint64_t head_size = kHead;
        if (size == 1) {
            size = big_endian_at(head, 8, 8);
            head_size = kLongHead;
        } else if (size == 0) {
            size = end_ - at_; // to the end
        }
        if (head.size() < kHead || size < head_size) return false;
        box.type = head.substr(4, 4);
        box.content = at_ + head_size;
        is_cut_ = size > end_ - at_;
        box.end = is_cut_ ? end_ : at_ + size;
        at_ = box.end;
        return true;
    }
    bool is_cut() const { return is_cut_; }
    bool is_at_end() const { return at_ == end_; }

private:
    int file_;
    std::uint64_t at_;
    std::uint64_t end_;
    bool is_cut_ = false;
};

void read_edits(int file, const Box& box, Mp4Boxes& found) {
    const std::string content = read_at(file, box.content, std::min<std::uint64_t>(box.end - box.content, kEditsRead));
    const bool is_long = big_endian_at(content, 0, 1) == 1;
    const std::uint64_t count = big_endian_at(content, 4, 4);
    if (count == 0) return;
    found.has_edit_list = true;
    const std::size_t width = is_long ? 8 : 4;
    const std::uint64_t empty = is_long ? ~std::uint64_t{0} : 0xFFFFFFFF;
    constexpr std::uint64_t kNormalSpeed = 0x00010000;
    const bool is_plain = count == 1 && big_endian_at(content, 8 + width, width) != empty &&
                          big_endian_at(content, 8 + 2 * width, 4) == kNormalSpeed;
    if (!is_plain) found.has_cutting_edits = true;
}

void walk_index(int file, const Box& parent, Mp4Boxes& found, int depth, int& boxes_left) {
    if (depth > kDeepest) return;
    Walk walk(file, parent.content, parent.end);
    for (Box box; boxes_left-- > 0 && walk.next(box);) {
        if (box.type == "trak" || box.type == "edts") walk_index(file, box, found, depth + 1, boxes_left);
        if (box.type == "elst") read_edits(file, box, found);
    }
}

} // namespace

Mp4Boxes walk_boxes(int file) {
    Mp4Boxes found;
    Walk walk(file, 0, file_size(file));
    int boxes_left = kMostBoxes;
    bool has_data = false;
    for (Box box; boxes_left-- > 0 && walk.next(box);) {
        if (!found.is_container) {
            if (std::ranges::find(kFirstBoxes, box.type) == kFirstBoxes.end()) return found;
            found.is_container = true;
            found.is_quicktime = box.type != "ftyp" || read_at(file, box.content, 4) == "qt  ";
        }
        if (box.type == "mdat") has_data = true;
        if (box.type == "moof") found.is_fragmented = true;
        if (box.type == "moov" && !found.has_index) {
            found.has_index = true;
            found.is_index_first = !has_data;
            walk_index(file, box, found, 0, boxes_left);
        }
    }
    found.is_whole = found.is_container && walk.is_at_end() && !walk.is_cut();
    return found;
}

} // namespace everlong::media
