// What was published, as a person sees it: the profile with its stories and its grid, a page for each post, and the
// pictures that were fetched. No scripts; every text that came from outside is escaped.
#include <simulator/control/feed_page.hpp>

#include <base/html.hpp>
#include <base/percent.hpp>
#include <simulator/calls/reply.hpp>
#include <simulator/publishing/publishing.hpp>
#include <simulator/wire/call.hpp>

#include <algorithm>

namespace everlong::simulator {
namespace {

constexpr std::string_view kFeedPath = "/_sandbox/instagram/";
constexpr std::string_view kMediaPath = "/_sandbox/media/";
constexpr std::string_view kStylePath = "/_sandbox/instagram.css";
// A page for a person; more is to be had from the API.
constexpr std::size_t kMostTiles = 120;

// Nothing but this page's own pictures and style sheet may load.
constexpr std::string_view kPolicy = "default-src 'none'; img-src 'self'; style-src 'self'; base-uri 'none'; "
                                     "form-action 'none'; frame-ancestors 'none'";

// A grey JPEG of 9 by 16 pixels, in Base64: the thumbnail of a video without a cover. Nothing here decodes videos.
constexpr std::string_view kGreyPicture =
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABsSFBcUERsXFhceHBsgKEIrKCUlKFE6PTBCYFVlZF9VXVtqeJmBanGQc1tdhbWGkJ6jq62rZ4C8"
    "ybqmx5moq6T/2wBDARweHigjKE4rK06kbl1upKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKT/wAAR"
    "CAAQAAkDASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAX/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/8QAFAEBAAAAAAAAAAAAAAAAAAAA"
    "Af/EABQRAQAAAAAAAAAAAAAAAAAAAAD/2gAMAwEAAhEDEQA/AJYBD//Z";

constexpr std::string_view kStyle =
    R"(:root{color-scheme:light dark;--ink:#262626;--soft:#6b6b6b;--paper:#fff;--blank:#efefef;--line:#dbdbdb;--accent:#4b3f8f;--face:#e4e0f3}
@media (prefers-color-scheme:dark){:root{--ink:#f2f2f2;--soft:#a8a8a8;--paper:#101114;--blank:#26282d;--line:#34373d;--accent:#b9aef5;--face:#2f2a4d}}
*{box-sizing:border-box}
body{font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);margin:0 auto;padding:1.5rem 1rem 4rem;max-width:58rem}
a{color:inherit;text-decoration:none}
a:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.note{color:var(--soft);font-size:.85rem;margin:0 0 1.5rem}
header{display:flex;gap:1.5rem;align-items:center;margin-bottom:1.5rem}
.face{flex:none;width:5rem;height:5rem;border-radius:50%;background:var(--face);color:var(--accent);display:grid;place-items:center;font-size:2rem;font-weight:600}
.face.small{width:2.75rem;height:2.75rem;font-size:1.2rem}
.who{gap:.75rem;margin-bottom:1rem}
.who a:hover{text-decoration:underline}
h1{font-size:1.4rem;margin:0;overflow-wrap:anywhere}
.who h1{font-size:1.05rem}
header p{margin:.1rem 0}
.stories{display:flex;gap:1rem;overflow-x:auto;padding:.25rem .25rem 1rem;margin:0 0 1.5rem;list-style:none;border-bottom:1px solid var(--line)}
.stories a{display:block;width:4.5rem;text-align:center;font-size:.75rem}
.ring{display:block;width:4.5rem;height:4.5rem;border-radius:50%;padding:3px;border:3px solid #c13584;overflow:hidden}
.ring>*{width:100%;height:100%;border-radius:50%;object-fit:cover;overflow:hidden}
.ring .film{min-height:0;padding:0}
.ring .film span{display:none}
.grid{display:grid;grid-template-columns:repeat(3,1fr);gap:4px;margin:0;padding:0;list-style:none}
.tile{position:relative;display:block;aspect-ratio:1;background:var(--blank);overflow:hidden}
.tile img{width:100%;height:100%;object-fit:cover;display:block}
.badge{position:absolute;top:.4rem;right:.4rem;background:rgba(0,0,0,.72);color:#fff;border-radius:.8rem;padding:0 .5rem;font-size:.75rem}
.line{position:absolute;left:0;right:0;bottom:0;background:rgba(0,0,0,.66);color:#fff;padding:.2rem .5rem;font-size:.8rem;white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
.film{width:100%;height:100%;min-height:4rem;background:#2d3038;color:#fff;display:flex;flex-direction:column;align-items:center;justify-content:center;font-size:.75rem;text-align:center;padding:.5rem}
.film b{font-size:1.4rem;line-height:1.2}
.gone{width:100%;height:100%;display:grid;place-items:center;color:var(--soft);font-size:.8rem;text-align:center;padding:.5rem}
.empty{text-align:center;color:var(--soft);padding:4rem 1rem}
.back{text-decoration:underline;color:var(--accent)}
.strip{display:flex;gap:4px;overflow-x:auto;margin:0 0 1rem;background:var(--blank);scroll-snap-type:x proximity}
.strip figure{margin:0 auto;flex:none;width:min(100%,30rem);max-height:38rem;min-height:14rem;display:grid;place-items:center;overflow:hidden;scroll-snap-align:center}
.strip img{max-width:100%;max-height:38rem;display:block}
.strip .film{aspect-ratio:9/16;height:auto;max-height:38rem;font-size:.9rem}
.caption{white-space:pre-wrap;overflow-wrap:anywhere;margin:0 0 1rem}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1.25rem;font-size:.9rem;margin:0 0 1.5rem}
dt{color:var(--soft)}
dd{margin:0;overflow-wrap:anywhere}
.comments{list-style:none;padding:0;margin:0}
@media (max-width:30rem){header{gap:1rem}.face{width:3.5rem;height:3.5rem;font-size:1.4rem}.line{font-size:.7rem;padding:.1rem .3rem}.tile .film span{display:none}dl{grid-template-columns:1fr}dt{margin-top:.4rem}}
)";

std::string text_of_duration(std::uint64_t milliseconds) {
    const std::uint64_t seconds = milliseconds / 1000;
    const std::string rest = std::to_string(seconds % 60);
    return std::to_string(seconds / 60) + ":" + (rest.size() < 2 ? "0" : "") + rest;
}

std::string picture_tag(const Publishing& publishing, const Medium& medium) {
    const bool is_kept = publishing.find_picture(medium.picture) != nullptr;
    if (is_kept) {
        return "<img src=\"" + std::string(kMediaPath) + medium.id + ".jpg\" alt=\"" + escape_html(medium.alt_text) +
               "\" loading=\"lazy\">";
    }
    const MediaFacts& facts = medium.facts;
    if (!is_video(medium.kind)) return "<span class=\"gone\">This picture is no longer kept</span>";
    return "<span class=\"film\"><b aria-hidden=\"true\">&#9654;</b><span>Video " +
           text_of_duration(facts.duration_ms) + "</span><span>" + std::to_string(facts.width) + " &times; " +
           std::to_string(facts.height) + "</span></span>";
}

// The medium whose picture stands for this one.
const Medium& face_of(Publishing& publishing, const Medium& medium) {
    const Medium* first = medium.children.empty() ? nullptr : publishing.find_medium(medium.children.front());
    return first == nullptr ? medium : *first;
}

std::string badge_of(const Medium& medium) {
    if (medium.kind == MediaKind::kCarousel) return std::to_string(medium.children.size()) + " items";
    if (medium.kind == MediaKind::kReel) return "Reel " + text_of_duration(medium.facts.duration_ms);
    return {};
}

std::string_view kind_of(const Medium& medium) {
    if (is_story(medium.kind)) return "Story";
    return medium.kind == MediaKind::kReel ? "Reel" : medium.kind == MediaKind::kCarousel ? "Carousel" : "Photo";
}

// For those who hear the page: what is seen at a glance.
std::string unseen(std::string_view text) {
    return "<span class=\"unseen\">" + std::string(text) + "</span>";
}

// What it is called in a page's title.
std::string label_of(const Medium& medium) {
    const std::string label(kind_of(medium));
    const std::string line = medium.caption.substr(0, medium.caption.find('\n'));
    return line.empty() ? label : label + ": " + line;
}

std::string link_to(const Account& account) {
    return std::string(kFeedPath) + percent_encode(account.username);
}

std::string link_to(const Account& account, const Medium& medium) {
    return link_to(account) + "/" + medium.id;
}

std::string tile(Publishing& publishing, const Account& account, const Medium& medium) {
    std::string html = "<li><a class=\"tile\" href=\"" + link_to(account, medium) + "\">" +
                       unseen(std::string(kind_of(medium)) + ": ") +
                       picture_tag(publishing, face_of(publishing, medium));
    if (const std::string badge = badge_of(medium); !badge.empty())
        html += "<span class=\"badge\">" + badge + "</span>";
    if (!medium.caption.empty()) {
        html += "<span class=\"line\">" + escape_html(medium.caption.substr(0, medium.caption.find('\n'))) + "</span>";
    }
    return html + "</a></li>\n";
}

std::string begin_page(std::string_view title) {
    return "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
           "content=\"width=device-width,initial-scale=1\"><title>" +
           escape_html(title) + "</title><link rel=\"stylesheet\" href=\"" + std::string(kStylePath) +
           "\"></head><body><main>\n<p class=\"note\">Simulated by Everlong. Nothing here is on Instagram.</p>\n";
}

http::Response page(std::string html, Instant now, int status = 200) {
    http::Response response = to_html_response(status, std::move(html) + "</main></body></html>\n", now);
    response.headers.add("Content-Security-Policy", std::string(kPolicy));
    response.headers.add("X-Content-Type-Options", "nosniff");
    response.headers.add("Referrer-Policy", "no-referrer");
    return response;
}

// `way_out`: a link's address; empty: none.
http::Response missing(std::string_view what, Instant now, const std::string& way_out = {}) {
    std::string html = begin_page("Not found") + "<h1 class=\"empty\">" + escape_html(what) + "</h1>\n";
    if (!way_out.empty())
        html += "<p class=\"empty\"><a class=\"back\" href=\"" + way_out + "\">To the profile</a></p>\n";
    return page(std::move(html), now, 404);
}

std::string counted(std::size_t count, std::string_view one) {
    return std::to_string(count) + " " + std::string(one) + (count == 1 ? "" : "s");
}

http::Response feed(Sandbox& sandbox, const Account& account) {
    Publishing& publishing = *sandbox.world->publishing;
    const Instant now = sandbox.now();
    const auto posts = publishing.posts_of(account.ig_user_id, now);
    const auto stories = publishing.stories_of(account.ig_user_id, now);
    std::string html = begin_page(account.username + " - simulated Instagram");
    html += "<header><span class=\"face\" aria-hidden=\"true\">" + escape_html(account.username.substr(0, 1)) +
            "</span><div><h1>" + escape_html(account.username) + "</h1>";
    if (!account.name.empty()) html += "<p>" + escape_html(account.name) + "</p>";
    html += "<p><strong>" + counted(posts.size(), "post") + "</strong></p></div></header>\n";
    if (!stories.empty()) {
        html += "<ul class=\"stories\" aria-label=\"Stories\">";
        for (const std::string& id : stories) {
            const Medium& story = *publishing.find_medium(id);
            html += "<li><a href=\"" + link_to(account, story) + "\">" +
                    unseen(is_video(story.kind) ? "Video story of " : "Story of ") + "<span class=\"ring\">" +
                    picture_tag(publishing, story) + "</span>" + to_rfc3339(story.published_at).substr(11, 5) +
                    "</a></li>";
        }
        html += "</ul>\n";
    }
    if (posts.empty()) html += "<p class=\"empty\">No posts yet</p>\n";
    html += "<ul class=\"grid\" aria-label=\"Posts\">\n";
    for (std::size_t i = 0; i < std::min(posts.size(), kMostTiles); ++i)
        html += tile(publishing, account, *publishing.find_medium(posts[i]));
    html += "</ul>\n";
    if (posts.size() > kMostTiles) {
        html += "<p class=\"note\">And " + std::to_string(posts.size() - kMostTiles) + " older ones.</p>\n";
    }
    return page(std::move(html), now);
}

// "2026-11-26 01:24:56 UTC".
std::string time_of_day_and_date(Instant instant) {
    const std::string text = to_rfc3339(std::chrono::floor<Seconds>(instant));
    return text.substr(0, 10) + " " + text.substr(11, 8) + " UTC";
}

std::string row(std::string_view name, std::string_view value) {
    if (value.empty()) return {};
    return "<dt>" + std::string(name) + "</dt><dd>" + escape_html(value) + "</dd>";
}

std::string join(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names)
        text += (text.empty() ? "" : ", ") + name;
    return text;
}

http::Response post(Sandbox& sandbox, const Account& account, const Medium& medium) {
    Publishing& publishing = *sandbox.world->publishing;
    std::string html = begin_page(label_of(medium));
    html += "<header class=\"who\"><span class=\"face small\" aria-hidden=\"true\">" +
            escape_html(account.username.substr(0, 1)) + "</span><h1><a href=\"" + link_to(account) + "\">" +
            escape_html(account.username) + "</a></h1></header>\n<div class=\"strip\"";
    // Who has no mouse scrolls it by keys.
    if (medium.children.size() > 1) html += " tabindex=\"0\" role=\"group\" aria-label=\"Items of the carousel\"";
    html += ">";
    if (medium.children.empty()) html += "<figure>" + picture_tag(publishing, medium) + "</figure>";
    for (const std::string& id : medium.children)
        html += "<figure>" + picture_tag(publishing, *publishing.find_medium(id)) + "</figure>";
    html += "</div>\n";
    if (!medium.caption.empty()) html += "<p class=\"caption\">" + escape_html(medium.caption) + "</p>\n";
    html += "<dl>";
    html += row("Published", time_of_day_and_date(medium.published_at));
    html += row("Kind", std::string(medium.product_type()) + ", " + std::string(medium.media_type()));
    if (medium.kind == MediaKind::kCarousel) html += row("Items", std::to_string(medium.children.size()));
    html += row("Alt text", medium.alt_text);
    html += row("Place", medium.location_id);
    html += row("Tagged", join(medium.user_tags));
    html += row("With", join(medium.collaborators));
    if (is_video(medium.kind)) {
        html += row("Video", text_of_duration(medium.facts.duration_ms) + ", " + std::to_string(medium.facts.width) +
                                 " x " + std::to_string(medium.facts.height) + ", " +
                                 (medium.facts.has_sound ? "with sound" : "silent"));
    }
    html += row("Made with AI", medium.is_ai_generated ? "yes" : "");
    html += row("Comments", medium.is_comment_enabled ? "" : "switched off");
    html += row("Media id", medium.id);
    html += row("Container id", medium.container_id);
    html += row("Permalink", medium.permalink(account.username));
    html += "</dl>\n";
    if (medium.comments.empty()) return page(std::move(html), sandbox.now());
    html += "<ul class=\"comments\" aria-label=\"Comments\">";
    for (const std::string& id : medium.comments) {
        const Comment& comment = *publishing.find_comment(id);
        html += "<li><strong>" + escape_html(comment.username) + "</strong> " + escape_html(comment.text) + "</li>";
    }
    return page(std::move(html) + "</ul>\n", sandbox.now());
}

// Media id and ending of "/_sandbox/media/17920000000000001.jpg".
http::Response media_file(Sandbox& sandbox, std::string_view name) {
    Publishing& publishing = *sandbox.world->publishing;
    const auto dot = std::min(name.find('.'), name.size());
    const Medium* medium = publishing.find_medium(name.substr(0, dot));
    if (medium == nullptr) return missing("There is no such picture.", sandbox.now());
    http::Response response;
    response.headers.add("Date", to_http_date(sandbox.now()));
    response.headers.add("X-Content-Type-Options", "nosniff");
    response.headers.add("Cache-Control", "private, max-age=3600");
    if (name.substr(dot) == ".mp4") {
        // The bytes of videos are not kept; where they came from an address, they are there.
        const Container* container = publishing.find_container(medium->container_id);
        if (container == nullptr || container->address.empty()) {
            return missing("Uploaded videos are looked at and not kept.", sandbox.now());
        }
        response.status = 302;
        response.headers.add("Location", container->address);
        return response;
    }
    const auto picture = publishing.find_picture(face_of(publishing, *medium).picture);
    if (picture == nullptr && !is_video(medium->kind)) return missing("This picture is no longer kept.", sandbox.now());
    response.headers.add("Content-Type", "image/jpeg");
    response.body = picture != nullptr ? *picture : decode_base64(kGreyPicture).value_or("");
    return response;
}

http::Response feed_or_post(Sandbox& sandbox, const std::vector<std::string>& segments) {
    const Account* account = sandbox.world->find_account_by_username(segments[2]);
    if (account == nullptr) return missing("There is no account of that name.", sandbox.now());
    if (segments.size() == 3) return feed(sandbox, *account);
    const Medium* medium = sandbox.world->publishing->find_medium(segments[3]);
    const bool is_theirs = medium != nullptr && medium->ig_user_id == account->ig_user_id && segments.size() == 4;
    if (!is_theirs) return missing("There is no such post.", sandbox.now(), link_to(*account));
    return post(sandbox, *account, *medium);
}

} // namespace

std::optional<http::Response> answer_feed(Sandbox& sandbox, const http::Request& request) {
    if (request.method != "GET" && request.method != "HEAD") return std::nullopt;
    const std::string_view path = request.raw_path();
    if (path == kStylePath) {
        http::Response response;
        response.headers.add("Content-Type", "text/css; charset=utf-8");
        response.headers.add("X-Content-Type-Options", "nosniff");
        response.body = kStyle;
        return response;
    }
    const std::vector<std::string> segments = split_path(path);
    if (segments.size() < 3) return std::nullopt;
    if (path.starts_with(kMediaPath)) return media_file(sandbox, segments[2]);
    if (path.starts_with(kFeedPath)) return feed_or_post(sandbox, segments);
    return std::nullopt;
}

} // namespace everlong::simulator
