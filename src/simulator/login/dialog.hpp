#pragma once
// The login dialogs of both logins: real pages with a box per permission and Page, and the redirects that come of them
// (graph-api.md, 2.1, 2.3, 3.1; clients.md, 7, 8, 21).
//
// Parameters of our own, for tests and scripts: sandbox_auto=approve|deny answers without a page; sandbox_person names who
// is logged in (id, name, or the username of an account of theirs); sandbox_decline lists permissions that are unticked,
// sandbox_pages the ids or names of the only Pages that are ticked.

#include <simulator/calls/context.hpp>

#include <http/message.hpp>

namespace everlong::simulator {

// Is this call one for a dialog?
bool is_dialog_call(const Call& call);

// A page, or a redirect. What is wrong with the app, the redirect address or the scopes stays on the page.
http::Response answer_dialog(Context& context);

} // namespace everlong::simulator
