#include "server/auth/csrf.h"

#include "server/auth/digest.h"
#include "server/auth/random.h"

namespace matinee::auth {
namespace {

std::string token_for(std::string_view secret, std::string_view purpose, std::string_view value) {
  std::string text(purpose);
  text += ':';
  text += value;
  return base64url(hmac_sha256(secret, text));
}

}  // namespace

std::string FormTokens::for_session(seams::SessionId session) const {
  return token_for(secret_, "session form", std::to_string(session.value));
}

std::string FormTokens::for_visitor(std::string_view visitor_cookie) const { return token_for(secret_, "visitor form", visitor_cookie); }

bool FormTokens::check_session(seams::SessionId session, std::string_view token) const {
  return equal_in_constant_time(for_session(session), token);
}

bool FormTokens::check_visitor(std::string_view visitor_cookie, std::string_view token) const {
  return !visitor_cookie.empty() && equal_in_constant_time(for_visitor(visitor_cookie), token);
}

void load_server_secret(seams::SettingsStore& settings, seams::Executor executor, seams::Done<std::string> done) {
  settings.put_if_absent("server_secret", random_token(), std::move(executor), std::move(done));
}

}  // namespace matinee::auth
