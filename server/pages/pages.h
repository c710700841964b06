// The pages of the product, as docs/protocol.md ("Pages and forms") lists them: HTML for people with a browser, every form working
// without script. app gives the services and the router; pages keeps nothing of its own.
// Thread rule: add_pages() once at start; the handlers run on the loop of their request.
#pragma once
#include <optional>
#include <string_view>
#include "server/http/router.h"
#include "server/pages/services.h"

namespace matinee::pages {

// Adds every route, /static and /healthz included. `services` outlives the router.
void add_pages(http::Router& router, const Services& services);

// For http::RouterOptions::error_page: what the router itself refuses, in the words and the look of our pages.
[[nodiscard]] http::Response router_error(const Services& services, const http::Request& request, int status);

// The session cookie of a request, for whoever else authorises by it (the room's WebSocket): one rule for its name.
[[nodiscard]] std::optional<std::string_view> session_token(const http::Request& request, const ops::HostRules& hosts);

}  // namespace matinee::pages
