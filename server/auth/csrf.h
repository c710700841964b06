// Form tokens: proof that a form was made by us for this very session. With a session the token is an HMAC of the session's id; before one
// exists it is an HMAC of a random visitor cookie (double submit, and no subdomain can forge it without the server's secret).
// Thread rule: immutable after construction; any thread.
#pragma once
#include <string>
#include <string_view>
#include "server/seams/result.h"
#include "server/seams/settings_store.h"

namespace matinee::auth {

class FormTokens {
 public:
  explicit FormTokens(std::string secret) : secret_(std::move(secret)) {}

  [[nodiscard]] std::string for_session(seams::SessionId session) const;
  [[nodiscard]] std::string for_visitor(std::string_view visitor_cookie) const;
  [[nodiscard]] bool check_session(seams::SessionId session, std::string_view token) const;  // constant time
  [[nodiscard]] bool check_visitor(std::string_view visitor_cookie, std::string_view token) const;

 private:
  std::string secret_;
};

// The server's own secret (32 random bytes), made at first start and kept in the settings.
void load_server_secret(seams::SettingsStore& settings, seams::Executor executor, seams::Done<std::string> done);

}  // namespace matinee::auth
