#pragma once
// Answers that belong to no route: pages, refusals, and what every answer carries.

#include <api/pages.hpp>
#include <base/result.hpp>
#include <http/message.hpp>

#include <optional>
#include <string>

namespace everlong::api::detail {

// The page that this request asks for (api/pages.hpp). Nothing where it asks for none; 405 for a method that pages do not
// take.
std::optional<http::Response> find_page(const Pages* pages, const http::Request& request);

http::Response problem_response(const Error& error);
// `allowed`: "GET, DELETE". HEAD is allowed wherever GET is.
http::Response method_not_allowed(std::string allowed);

// Adds the headers that keep browsers from doing with our answers what nobody meant. What is set already stays.
void add_security_headers(http::Response& response);

} // namespace everlong::api::detail
