// The schema as a list of steps, forward only. A file says in user_version how many steps it has had and in application_id that it is
// ours. Before the first step on a file with data, a copy is put beside it. Private to store/.
// Thread rule: at open, before any other connection exists.
#pragma once
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <tl/expected.hpp>
#include "server/store/connection.h"

namespace matinee::store {

struct Migration {
  const char* sql;
};  // step n brings a file from version n to n + 1

[[nodiscard]] std::span<const Migration> all_migrations();

struct MigrationRefusal {
  enum class What : std::uint8_t { newer_data, not_ours } what = What::not_ours;
  std::int64_t version = 0;  // the file's
};
// The version the file has, if this program may use it: at most as new as `steps`, and ours or empty. Changes nothing.
[[nodiscard]] tl::expected<std::int64_t, MigrationRefusal> check_version(Connection& connection, std::span<const Migration> steps);
// Brings a file of `version` up to date, all steps in one transaction; throws SQLite::Exception and leaves the file as it was.
void migrate(Connection& connection, std::int64_t version, std::span<const Migration> steps, const std::filesystem::path& backup_folder);

}  // namespace matinee::store
