#include "server/library/library.h"

#include "server/library/limits.h"
#include "server/ops/log.h"

namespace matinee::library {
namespace {

constexpr std::string_view from_page = "page:";

BeginError begin_error(seams::StoreError error) {
  if (error == seams::StoreError::quota_person) return BeginError::quota_person;
  return error == seams::StoreError::quota_all ? BeginError::quota_all : BeginError::unavailable;
}

}  // namespace

std::unique_ptr<Library> Library::open(LibraryOptions options, seams::LibraryStore& store, seams::SettingsStore& settings,
                                       std::string& error) {
  error = Shelf(options.folder).prepare();
  if (!error.empty()) return nullptr;
  if (options.tools.ffprobe.empty() || options.tools.ffmpeg.empty())
    ops::log_warning("library: without ffprobe and ffmpeg videos are taken by their first bytes alone, without length and picture");
  return std::make_unique<Library>(std::move(options), store, settings);
}

Library::Library(LibraryOptions options, seams::LibraryStore& store, seams::SettingsStore& settings)
    : options_(std::move(options)),
      store_(store),
      shelf_(options_.folder),
      uploads_(shelf_, options_.disk_reserve_bytes),
      recordings_({.shelf = shelf_,
                   .store = store,
                   .quota = options_.quota,
                   .disk_reserve_bytes = options_.disk_reserve_bytes,
                   .bytes_max = limits::recording_bytes_max,
                   .now_ms = options_.now_ms,
                   .check = [this](const std::string& id) { workshop_.check(id); },
                   .remove = [this](const std::string& id) { workshop_.remove(id); }}),
      workshop_({.shelf = shelf_,
                 .store = store,
                 .settings = settings,
                 .quota = options_.quota,
                 .now_ms = options_.now_ms,
                 .tools = options_.tools,
                 .samples = options_.samples,
                 .drop_look_every = options_.drop_look_every}) {}

void Library::begin(NewUpload upload, seams::Executor executor, std::function<void(tl::expected<std::string, BeginError>)> done) {
  seams::LibraryItem item{.id = draw_id(),
                          .owner = upload.owner,
                          .owner_name = {},
                          .title = std::move(upload.title),
                          .state = seams::LibraryState::arriving,
                          .size_bytes = static_cast<std::int64_t>(upload.size_bytes),
                          .source = std::string(from_page) + upload.fingerprint,
                          .note = {},
                          .facts = {},
                          .created_at_ms = options_.now_ms(),
                          .changed_at_ms = 0};
  const std::string id = item.id;
  store_.add(std::move(item), options_.quota, executor,
             [this, id, size = upload.size_bytes, executor, done](const seams::Result<void>& added) {
               if (!added) return done(tl::unexpected(begin_error(added.error())));
               uploads_.create(id, size, executor, [this, id, executor, done](const Uploads::Offset& made) {
                 if (made) return done(id);
                 const bool full = made.error().what == UploadFailure::What::disk_full;
                 remove(id, executor, [done, full](const seams::Result<void>&) {
                   done(tl::unexpected(full ? BeginError::disk_full : BeginError::unavailable));
                 });
               });
             });
}

void Library::received(const std::string& id, bool whole, seams::Executor executor, seams::Done<void> done) {
  if (!whole) return store_.touch(id, options_.now_ms(), std::move(executor), std::move(done));
  seams::LibraryStep step{.id = id, .at_ms = options_.now_ms()};
  store_.advance(std::move(step), std::move(executor), [this, id, done = std::move(done)](const seams::Result<void>& taken) {
    if (taken) workshop_.check(id);
    done(taken);
  });
}

void Library::remove(const std::string& id, seams::Executor executor, seams::Done<void> done) {
  store_.retire(id, std::move(executor), [this, id, done = std::move(done)](const seams::Result<void>& retired) {
    if (retired) workshop_.remove(id);
    done(retired);
  });
}

std::string fingerprint_of(const seams::LibraryItem& item) {
  return item.source.starts_with(from_page) ? item.source.substr(from_page.size()) : std::string();
}

}  // namespace matinee::library
