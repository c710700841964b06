#include "server/pages/avatar.h"

#include <charconv>
#include <span>

#include "server/auth/digest.h"
#include "server/pages/avatar_picture.h"
#include "server/pages/errors.h"

namespace matinee::pages {
namespace {

constexpr std::size_t key_bytes = 12;  // of the hash: enough that two pictures of one person never share an address

std::string key_of(std::string_view bytes) {
  const auth::Sha256 hash = auth::sha256(bytes);
  return auth::base64url(std::span(hash).first<key_bytes>());
}

void refuse(const VisitPtr& visit, int status, std::string_view code, const std::string& sentence, std::int64_t retry_after_s = 0) {
  http::Response response = http::Response::json(status, R"({"error":")" + std::string(code) + R"(","sentence":")" + sentence + "\"}");
  if (retry_after_s > 0) response.with("Retry-After", std::to_string(retry_after_s));
  visit->send(std::move(response));
}

std::string sentence_of(const Words& words, PictureError error) {
  switch (error) {
    case PictureError::not_a_picture: return words.text("picture.not_a_picture");
    case PictureError::moves: return words.text("picture.moves");
    case PictureError::wrong_size: return words.text("picture.wrong_size");
  }
  return {};
}

}  // namespace

std::string avatar_path(seams::UserId user, std::string_view key) {
  return key.empty() ? std::string() : "/avatars/" + std::to_string(user.value) + "/" + std::string(key);
}

int avatar_hue(seams::UserId user) {
  int sum = 0;
  for (const char digit : std::to_string(user.value)) sum = (sum * 31 + digit) % 8192;
  return sum % 8;
}

void put_avatar(VisitPtr visit, std::string bytes) {
  if (!visit->has_account()) return refuse(visit, 401, "unauthorised", visit->words.text("picture.log_in"));
  const auto type = check_avatar(bytes);
  if (!type) return refuse(visit, 422, "bad_picture", sentence_of(visit->words, type.error()));
  const auto allowance = visit->take(auth::Limit::profile_person);
  if (!allowance.allowed) return refuse(visit, 429, "slow_down", too_often(visit->words, allowance.retry_after_s), allowance.retry_after_s);
  seams::Avatar avatar{key_of(bytes), std::string(*type), std::move(bytes)};
  const std::string path = avatar_path(visit->who->user, avatar.key);
  visit->services.users.set_avatar(visit->who->user, std::move(avatar), visit->here.executor,
                                   [visit, path](const seams::Result<void>& kept) {
                                     if (!kept) return refuse(visit, 503, "unavailable", visit->words.text("picture.unavailable"), 5);
                                     visit->send(http::Response::json(200, R"({"avatar":")" + path + "\"}"));
                                   });
}

void remove_avatar(VisitPtr visit, http::Form) {
  if (!visit->has_account()) return visit->redirect("/login?next=/account");
  visit->services.users.set_avatar(visit->who->user, std::nullopt, visit->here.executor, [visit](const seams::Result<void>& removed) {
    if (!removed) return visit->error(503, 5);
    visit->redirect("/account?saved=picture");
  });
}

void avatar_picture(VisitPtr visit) {
  const std::string_view person = visit->request->path_param("person");
  seams::UserId user;
  const auto [end, error] = std::from_chars(person.data(), person.data() + person.size(), user.value);
  if (!visit->who || error != std::errc() || end != person.data() + person.size()) return visit->error(404);
  visit->services.users.avatar(user, std::string(visit->request->path_param("key")), visit->here.executor,
                               [visit](seams::Result<seams::Avatar> avatar) {
                                 if (!avatar) return visit->error(avatar.error() == seams::StoreError::not_found ? 404 : 503, 5);
                                 http::Response response{200, {}, std::move(avatar->bytes)};
                                 response.with("Content-Type", avatar->type).with("Cross-Origin-Resource-Policy", "same-origin");
                                 // Another picture has another address, so a browser need not ask again.
                                 visit->send(std::move(response), "private, max-age=31536000, immutable");
                               });
}

}  // namespace matinee::pages
