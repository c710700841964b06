// A person's devices, as the account page lists them: browsers and desktop programs, when each was last seen, and the end of one.
// Thread rule: the loop of the visit.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>
#include "server/http/form.h"
#include "server/pages/model.h"
#include "server/pages/strings.h"
#include "server/pages/visit.h"
#include "server/seams/session_store.h"

namespace matinee::pages {

inline constexpr std::size_t devices_shown_max = 50;  // the latest seen; the others are counted, and end with "log out everywhere"

// "just now", "12 minutes ago", "3 hours ago", "5 days ago".
[[nodiscard]] std::string seen_text(const Words& words, std::int64_t ago_ms);
// "2 other devices are logged in."; empty without any.
[[nodiscard]] std::string others_text(const Words& words, std::size_t others);
[[nodiscard]] Model::List device_list(const Words& words, const std::vector<seams::Session>& sessions, seams::SessionId own,
                                      std::int64_t now_ms);

void end_device(VisitPtr visit, http::Form form);  // POST /account/devices/end

}  // namespace matinee::pages
