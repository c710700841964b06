// View tokens: an address with one in it lets a program that has no cookie (curl, a media player) watch one stream, as the person who
// asked for it. Signed with the server's secret and good for connecting within a minute; what is open then goes on as long as that
// person may watch and their session lives. Nothing is stored, so a restart with the same secret keeps them good.
// Thread rule: immutable after construction; any thread.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include "server/seams/visit.h"

namespace matinee::media {

// What a token says. The name and the address of the person are not in it.
struct ViewPass {
  std::int64_t stream = 0;
  rooms::PersonId person;
  rooms::PersonKind kind = rooms::PersonKind::guest;
  seams::SessionId session;
  std::int64_t until_ms = 0;  // server time
};

class ViewTokens {
 public:
  explicit ViewTokens(std::string secret) : secret_(std::move(secret)) {}
  [[nodiscard]] std::string make(const ViewPass& pass) const;
  // Nothing when it is not ours, for another stream, or too old.
  [[nodiscard]] std::optional<ViewPass> read(std::string_view token, std::int64_t stream, std::int64_t now_ms) const;

 private:
  [[nodiscard]] std::string signature(std::string_view claims) const;
  std::string secret_;
};

}  // namespace matinee::media
