// The one-time set-up link: how the first account becomes admin. While a server has no admin, each start prints a new link (the one
// before is void: only its hash is kept). Redeeming works once, for a logged-in account, over all parallel tries.
// Thread rule: free functions; any thread; answers come through the executor.
#pragma once
#include <optional>
#include <string>
#include "server/auth/identity.h"
#include "server/seams/executor.h"
#include "server/seams/settings_store.h"
#include "server/seams/user_store.h"

namespace matinee::auth {

// The token to print in a link, or nothing when there is an admin already.
void make_setup_token(seams::UserStore& users, seams::SettingsStore& settings, seams::Executor executor,
                      seams::Done<std::optional<std::string>> done);
// Whether this is the token of the link, without using it up: the form is shown, and an account made, for no other.
void check_setup_token(seams::SettingsStore& settings, std::string token, seams::Executor executor, seams::Done<bool> done);
// not_found: no such token, or used; wrong_kind: a guest, who must sign up first (the token stays good).
void redeem_setup_token(seams::UserStore& users, seams::SettingsStore& settings, const Identity& who, std::string token,
                        seams::Executor executor, seams::Done<void> done);

}  // namespace matinee::auth
