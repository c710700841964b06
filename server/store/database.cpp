#include "server/store/database.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "server/store/account_records.h"
#include "server/store/folder_lock.h"
#include "server/store/library_store.h"
#include "server/store/message_log.h"
#include "server/store/migrations.h"
#include "server/store/readers.h"
#include "server/store/room_directory.h"
#include "server/store/session_store.h"
#include "server/store/settings_store.h"
#include "server/store/streams.h"
#include "server/store/user_store.h"
#include "server/store/writer.h"

namespace matinee::store {
namespace {

constexpr mode_t only_the_owner = 077;

OpenError io_error(const std::string& what, int error) {
  return {OpenError::What::io, what + ": " + std::generic_category().message(error) + "."};
}

// SQLite gives its -wal and -shm files the rights of the main file, so that one is made first, for its owner only.
tl::expected<void, OpenError> make_file(const std::filesystem::path& file) {
  const int descriptor = ::open(file.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
  if (descriptor < 0) return tl::unexpected(io_error("Cannot open the data file " + file.string(), errno));
  const bool narrowed = ::fchmod(descriptor, 0600) == 0;
  const int error = errno;
  ::close(descriptor);
  if (!narrowed) return tl::unexpected(io_error("Cannot protect the data file " + file.string(), error));
  return {};
}

tl::expected<void, OpenError> make_folder(const std::filesystem::path& folder) {
  ::umask(only_the_owner);
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return tl::unexpected(io_error("Cannot make the data folder " + folder.string(), error.value()));
  return {};
}

OpenError refusal_sentence(const MigrationRefusal& refusal, const std::filesystem::path& file) {
  if (refusal.what == MigrationRefusal::What::not_ours) {
    return {OpenError::What::not_ours, "The file " + file.string() + " was not made by this program. Choose another data folder."};
  }
  return {OpenError::What::newer_data, "The data in " + file.string() + " was written by a newer version of this program (data version " +
                                           std::to_string(refusal.version) + ", this one knows " + std::to_string(all_migrations().size()) +
                                           "). Start the newer program, or restore a backup."};
}

// Looks before anything is written: a file that is not ours stays as it is.
tl::expected<std::int64_t, MigrationRefusal> version_of(ConnectionOptions options) {
  options.read_only = true;
  Connection looking(options);
  return check_version(looking, all_migrations());
}

}  // namespace

struct Database::State {
  State(Options with, FolderLock taken, const ConnectionOptions& connection)
      : options(std::move(with)),
        lock(std::move(taken)),
        writer({connection, options.queued_jobs_max, options.queued_bytes_max, options.group_jobs_max,
                std::chrono::milliseconds(options.index_quiet_ms), std::chrono::milliseconds(options.index_overdue_ms), options.warn}),
        readers({for_reading(connection), options.readers, options.queued_reads_max, options.warn}),
        messages(writer, readers),
        rooms(writer, readers),
        users(writer, readers),
        sessions(writer, readers, options.sessions),
        settings(writer, readers),
        throttles(writer, readers),
        account_records(writer, readers),
        streams(writer, readers),
        library(writer, readers) {}

  static ConnectionOptions for_reading(ConnectionOptions options) {
    options.read_only = true;
    options.cache_kib /= 8;
    return options;
  }

  Options options;
  FolderLock lock;  // outlives every connection
  Writer writer;
  Readers readers;  // closed before the writer, which then folds the log into the file
  SqliteMessageLog messages;
  SqliteRoomDirectory rooms;
  SqliteUserStore users;
  SqliteSessionStore sessions;
  SqliteSettingsStore settings;
  SqliteThrottleStore throttles;
  SqliteAccountRecords account_records;
  SqliteStreams streams;
  SqliteLibraryStore library;
};

tl::expected<std::unique_ptr<Database>, OpenError> Database::open(Options options) {
  const auto file = options.folder / "matinee.sqlite3";
  if (const auto made = make_folder(options.folder); !made) return tl::unexpected(made.error());
  auto lock = FolderLock::take(options.folder);
  if (!lock) {
    const auto what = lock.error().in_use ? OpenError::What::in_use : OpenError::What::io;
    return tl::unexpected(OpenError{what, lock.error().sentence});
  }
  if (const auto made = make_file(file); !made) return tl::unexpected(made.error());
  ConnectionOptions connection{file, options.cache_kib, options.busy_timeout_ms, false, options.pages_max};
  try {
    const auto version = version_of(connection);
    if (!version) return tl::unexpected(refusal_sentence(version.error(), file));
    if (*version < static_cast<std::int64_t>(all_migrations().size())) {
      Connection first(connection);
      migrate(first, *version, all_migrations(), options.folder);
    }
    return std::unique_ptr<Database>(new Database(std::make_unique<State>(std::move(options), std::move(*lock), connection)));
  } catch (const SQLite::Exception& fault) {
    if ((fault.getErrorCode() & 0xff) == SQLITE_NOTADB)
      return tl::unexpected(refusal_sentence({MigrationRefusal::What::not_ours, 0}, file));
    return tl::unexpected(OpenError{OpenError::What::io, "Cannot open " + file.string() + ". " + sentence(fault)});
  }
}

Database::Database(std::unique_ptr<State> state) : state_(std::move(state)) {}
Database::~Database() { stop(); }

void Database::stop() {
  state_->writer.stop();
  state_->readers.stop();
}

seams::MessageLog& Database::messages() { return state_->messages; }
seams::RoomDirectory& Database::rooms() { return state_->rooms; }
seams::UserStore& Database::users() { return state_->users; }
seams::SessionStore& Database::sessions() { return state_->sessions; }
seams::SettingsStore& Database::settings() { return state_->settings; }
seams::ThrottleStore& Database::throttles() { return state_->throttles; }
seams::AccountRecords& Database::account_records() { return state_->account_records; }
seams::Streams& Database::streams() { return state_->streams; }
seams::LibraryStore& Database::library() { return state_->library; }
CommitFigures Database::figures() const { return state_->writer.figures(); }

}  // namespace matinee::store
