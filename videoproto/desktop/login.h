// `matinee-video login`: asks for name and password (without echo), fetches a token of this device from the server's pages
// (POST /api/desktop-tokens) and keeps it in the token file. The token ends with its entry on the account page.
// Thread rule: the main thread, before anything else runs.
#pragma once
#include <string>
#include <tl/expected.hpp>

#include "videoproto/desktop/credentials.h"
#include "videoproto/desktop/exit_codes.h"
#include "videoproto/desktop/options.h"

namespace matinee::desktop {

[[nodiscard]] Ending log_in(const Options& options);

// The answer of the server, as credentials for the video port of `host`; the error is a sentence.
[[nodiscard]] tl::expected<Credentials, std::string> read_login_answer(long status, const std::string& body, const std::string& host);
// "https://films.example.org:8443/x" → "films.example.org"; empty when there is none.
[[nodiscard]] std::string host_of_url(const std::string& url);

}  // namespace matinee::desktop
