#pragma once
// The statements that must cost no more than what they give, however many posts wait: tests look at their plans.

#include <ports/post_store.hpp>

#include <string>
#include <vector>

namespace everlong::adapters::detail {

// Values: now, limit, the ids that are left out as an array of JSON.
const std::string& due_posts_sql();
// Values: none.
const std::string& next_post_due_sql();
// Values: due from (inclusive) and until (exclusive), the due time and the number after which to go on, limit; and the
// channel's name, where one is wanted.
std::string list_posts_sql(const std::vector<core::PostState>& states, bool is_newest_first, bool is_of_a_channel);
// Values: the channel's number, due until (exclusive).
const std::string& count_pending_posts_sql();
// Values: the channel's number, from which due time on (inclusive) failed ones count. One row: held, uncertain, failed.
const std::string& count_posts_in_need_sql();
// Values: after which id, limit.
const std::string& zoned_posts_sql();
// Values: the channel's number, a media id.
const std::string& bound_media_sql();
// Values: now. Those that wait to be published, and whose time has come.
const std::string& posts_due_before_sql();
// Values: none. Those of which something may still be done; of all that ever were, so once in a store's life at most.
const std::string& posts_not_over_sql();
// Values: before which instant, limit.
const std::string& unused_files_sql();

} // namespace everlong::adapters::detail
