#pragma once
// The webhook over HTTP: a POST of JSON, signed as Meta signs its own webhooks, so that one piece of code checks both.

#include <base/secret.hpp>
#include <http/client.hpp>
#include <ports/webhook.hpp>

#include <memory>
#include <string>

namespace everlong::adapters {

struct WebhookAddress {
    std::string url; // without user or query; may be logged
    Secret secret;   // the receiver has it, too
    WebhookAddress clone() const { return {url, secret.clone()}; }
};

// The client outlives it. X-Everlong-Signature-256 is "sha256=" and the hex HMAC-SHA256 of the body's bytes.
std::unique_ptr<ports::Webhook> make_http_webhook(http::Client& client, WebhookAddress address);

} // namespace everlong::adapters
