#include "server/auth/setup_link.h"

#include "server/auth/digest.h"
#include "server/auth/random.h"

namespace matinee::auth {
namespace {

constexpr const char* setting = "setup_link";

std::string stored_form(std::string_view token) { return std::string(as_text(sha256(token))); }

}  // namespace

void make_setup_token(seams::UserStore& users, seams::SettingsStore& settings, seams::Executor executor,
                      seams::Done<std::optional<std::string>> done) {
  users.has_admin(executor, [&settings, executor, done = std::move(done)](seams::Result<bool> has_admin) {
    if (!has_admin) return done(tl::unexpected(has_admin.error()));
    if (*has_admin) return done(std::optional<std::string>());
    const std::string token = random_token();
    settings.put(setting, stored_form(token), executor, [token, done](seams::Result<void> put) {
      if (!put) return done(tl::unexpected(put.error()));
      done(std::optional<std::string>(token));
    });
  });
}

void check_setup_token(seams::SettingsStore& settings, std::string token, seams::Executor executor, seams::Done<bool> done) {
  settings.get(setting, std::move(executor),
               [token = stored_form(token), done = std::move(done)](const seams::Result<std::optional<std::string>>& stored) {
                 if (!stored) return done(tl::unexpected(stored.error()));
                 done(*stored && equal_in_constant_time(**stored, token));
               });
}

void redeem_setup_token(seams::UserStore& users, seams::SettingsStore& settings, const Identity& who, std::string token,
                        seams::Executor executor, seams::Done<void> done) {
  if (who.kind != rooms::PersonKind::account) {
    return executor([done = std::move(done)] { done(tl::unexpected(seams::StoreError::wrong_kind)); });
  }
  const std::string stored = stored_form(token);
  settings.take(setting, stored, executor,
                [&users, &settings, user = who.user, stored, executor, done = std::move(done)](seams::Result<bool> taken) {
                  if (!taken) return done(tl::unexpected(taken.error()));
                  if (!*taken) return done(tl::unexpected(seams::StoreError::not_found));
                  users.set_admin(user, true, executor, [&settings, stored, executor, done](seams::Result<void> granted) {
                    if (granted) return done(granted);
                    // Nobody became admin, so the link is put back; should that fail as well, the next start prints a new one.
                    settings.put(setting, stored, executor, [granted, done](const seams::Result<void>&) { done(granted); });
                  });
                });
}

}  // namespace matinee::auth
