// What a refused page says: one clear sentence and what to do about it, as HTML for browsers and as plain text for everybody else.
// No path, no SQL, no stack ever gets here.
// Thread rule: the loop of the request.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include "server/http/request.h"
#include "server/http/response.h"
#include "server/pages/model.h"
#include "server/pages/services.h"
#include "server/pages/strings.h"

namespace matinee::pages {

struct ErrorText {
  int status = 500;
  std::string heading;
  std::string sentence;
  std::string what_to_do;
  bool code_form = false;  // shows the code field and "Start a room"
};
// The sentences under one key: its .title, .text and, where there is one, .help.
[[nodiscard]] ErrorText text_at(const Words& words, int status, const std::string& key);
[[nodiscard]] ErrorText error_text(const Words& words, int status, std::int64_t retry_after_s = 0);
[[nodiscard]] ErrorText no_room_text(const Words& words);
[[nodiscard]] std::string too_often(const Words& words,
                                    std::int64_t retry_after_s);  // "That was too often. Wait 30 seconds and try again."

// `model`: what every page shows (Visit::model), or the little that is known before a visit exists.
[[nodiscard]] http::Response error_response(const Services& services, const http::Request& request, Model model, const ErrorText& text);

}  // namespace matinee::pages
