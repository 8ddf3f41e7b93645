#pragma once
// The embedded Settings page as the API serves it.

#include <api/pages.hpp>

#include <memory>

namespace everlong::app {

std::unique_ptr<api::Pages> make_web_pages();

} // namespace everlong::app
