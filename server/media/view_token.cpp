#include "server/media/view_token.h"

#include <array>
#include <charconv>

#include "server/auth/digest.h"

namespace matinee::media {
namespace {

// STREAM.PERSON.KIND.SESSION.UNTIL, in decimal digits
constexpr std::size_t claim_count = 5;
using Claims = std::array<std::int64_t, claim_count>;

std::optional<Claims> read_claims(std::string_view text) {
  Claims claims{};
  for (std::size_t i = 0; i < claim_count; ++i) {
    const std::string_view part = text.substr(0, text.find('.'));
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), claims[i]);
    if (error != std::errc() || end != part.data() + part.size() || claims[i] < 0) return std::nullopt;
    const bool last = i + 1 == claim_count;
    if (last != (part.size() == text.size())) return std::nullopt;
    if (!last) text.remove_prefix(part.size() + 1);
  }
  return claims;
}

}  // namespace

std::string ViewTokens::signature(std::string_view claims) const {
  return auth::base64url(auth::hmac_sha256(secret_, "live view:" + std::string(claims)));
}

std::string ViewTokens::make(const ViewPass& pass) const {
  std::string token = std::to_string(pass.stream) + "." + std::to_string(pass.person.value) + "." +
                      (pass.kind == rooms::PersonKind::account ? "0" : "1") + "." + std::to_string(pass.session.value) + "." +
                      std::to_string(pass.until_ms);
  return token + "." + signature(token);
}

std::optional<ViewPass> ViewTokens::read(std::string_view token, std::int64_t stream, std::int64_t now_ms) const {
  const std::size_t dot = token.rfind('.');
  if (dot == token.npos) return std::nullopt;
  const std::string_view text = token.substr(0, dot);
  if (!auth::equal_in_constant_time(signature(text), token.substr(dot + 1))) return std::nullopt;
  const auto claims = read_claims(text);
  if (!claims || (*claims)[0] != stream || (*claims)[2] > 1 || now_ms >= (*claims)[4]) return std::nullopt;
  return ViewPass{stream, rooms::PersonId{(*claims)[1]}, (*claims)[2] == 0 ? rooms::PersonKind::account : rooms::PersonKind::guest,
                  seams::SessionId{(*claims)[3]}, (*claims)[4]};
}

}  // namespace matinee::media
