#include "server/pages/library_upload.h"

#include <charconv>
#include <functional>
#include <memory>
#include <optional>

#include "server/library/library.h"
#include "server/library/limits.h"
#include "server/pages/errors.h"
#include "server/pages/library.h"
#include "server/pages/room_json.h"
#include "server/pages/upload_metadata.h"

namespace matinee::pages {
namespace {

using library::BeginError;
using library::Library;
using library::UploadFailure;
using seams::LibraryItem;
using seams::LibraryState;

constexpr std::string_view tus = "1.0.0";
constexpr std::int64_t busy_retry_after_s = 2;

struct Refusal {
  int status = 400;
  std::string_view code;
  std::string sentence;
  std::optional<std::uint64_t> offset = std::nullopt;
};

void send(const VisitPtr& visit, http::Response response) {
  response.with("Tus-Resumable", tus);
  visit->send(std::move(response));
}

void refuse(const VisitPtr& visit, const Refusal& refusal) {
  http::Response response = http::Response::json(
      refusal.status, "{\"error\":\"" + std::string(refusal.code) + "\",\"sentence\":" + json_text(refusal.sentence) + "}");
  if (refusal.offset) response.with("Upload-Offset", std::to_string(*refusal.offset));
  if (refusal.status == 503 || refusal.status == 429) response.with("Retry-After", std::to_string(busy_retry_after_s));
  if (refusal.status == 412) response.with("Tus-Version", tus);
  send(visit, std::move(response));
}

Refusal trouble(const Words& words) { return {503, "unavailable", words.text("library.unavailable")}; }
Refusal gone(const Words& words) { return {404, "gone", words.text("library.upload_gone")}; }

Refusal refusal_of(const Words& words, const UploadFailure& failure) {
  using What = UploadFailure::What;
  switch (failure.what) {
    case What::wrong_offset: return {409, "wrong_offset", words.text("library.upload_moved"), failure.offset};
    case What::gone: return gone(words);
    case What::taken_over: return {409, "taken_over", words.text("library.upload_moved")};
    case What::too_long: return {413, "too_long", words.text("library.upload_too_long"), failure.offset};
    case What::not_video: return {415, "not_video", refusal_sentence(words, failure.note)};
    case What::disk_full: return {507, "disk_full", words.text("library.disk_full")};
    case What::busy: return {503, "busy", words.text("library.busy")};
    case What::trouble: return trouble(words);
  }
  return trouble(words);
}

Refusal refusal_of(const VisitPtr& visit, BeginError error) {
  const Words& words = visit->words;
  switch (error) {
    case BeginError::quota_person:
      return {413, "quota", words.text("library.full_person", {{"all", size_text(words, visit->services.library->quota().person_bytes)}})};
    case BeginError::quota_all: return {413, "quota_all", words.text("library.full_all")};
    case BeginError::disk_full: return {507, "disk_full", words.text("library.disk_full")};
    case BeginError::unavailable: return trouble(words);
  }
  return trouble(words);
}

std::optional<std::uint64_t> number(std::string_view digits) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (digits.empty() || error != std::errc() || end != digits.data() + digits.size() || value > static_cast<std::uint64_t>(INT64_MAX))
    return std::nullopt;
  return value;
}

// True when the request may go on; else it has been answered.
bool speaks_tus(const VisitPtr& visit) {
  if (!visit->has_account()) {
    refuse(visit, {401, "unauthorised", visit->words.text("library.log_in")});
    return false;
  }
  if (visit->request->header("tus-resumable") == tus) return true;
  refuse(visit, {412, "version", visit->words.text("library.bad_request")});
  return false;
}

// The person's own upload, in whatever state.
void with_upload(const VisitPtr& visit, std::function<void(const LibraryItem&)> use) {
  const std::string id(visit->request->path_param("id"));
  if (!library::is_id(id)) return refuse(visit, gone(visit->words));
  visit->services.library->store().find(id, visit->here.executor, [visit, use = std::move(use)](const seams::Result<LibraryItem>& item) {
    if (!item && item.error() != seams::StoreError::not_found) return refuse(visit, trouble(visit->words));
    if (!item || item->owner != visit->who->user) return refuse(visit, gone(visit->words));
    use(*item);
  });
}

std::string state_json(const Words& words, const LibraryItem& item, std::uint64_t offset) {
  std::string state;
  switch (item.state) {
    case LibraryState::arriving: state = "arriving"; break;
    case LibraryState::recording: state = "recording"; break;
    case LibraryState::checking: state = "checking"; break;
    case LibraryState::ready: state = "ready"; break;
    case LibraryState::refused:
    case LibraryState::going: state = "refused"; break;
  }
  return "{\"state\":\"" + state + "\",\"offset\":" + std::to_string(offset) + ",\"size\":" + std::to_string(item.size_bytes) +
         (state == "refused" ? ",\"sentence\":" + json_text(refusal_sentence(words, item.note)) : std::string()) + "}";
}

void tell_state(const VisitPtr& visit, const LibraryItem& item, std::uint64_t offset) {
  http::Response response = http::Response::json(200, state_json(visit->words, item, offset));
  response.with("Upload-Offset", std::to_string(offset)).with("Upload-Length", std::to_string(item.size_bytes));
  send(visit, std::move(response));
}

// The body of one PATCH on its way to the disk, a piece at a time: the next is read when the one before is written.
class Receiving : public std::enable_shared_from_this<Receiving> {
 public:
  Receiving(VisitPtr visit, library::Seat seat, std::uint64_t size_bytes)
      : visit_(std::move(visit)), seat_(std::move(seat)), size_bytes_(size_bytes) {}

  void next() {
    visit_->request->read_some([self = shared_from_this()](http::BodyError error, std::string_view piece) {
      if (error != http::BodyError::none) return self->finish(error);
      if (piece.empty()) return self->finish(http::BodyError::none);
      self->write(std::string(piece));
    });
  }

 private:
  Library& library() { return *visit_->services.library; }

  void write(std::string piece) {
    library().uploads().write(seat_, std::move(piece), visit_->here.executor,
                              [self = shared_from_this()](const library::Uploads::Offset& offset) {
                                if (!offset) return self->stop(offset.error());
                                self->next();
                              });
  }

  void stop(const UploadFailure& failure) {
    library().uploads().close(seat_, visit_->here.executor, [self = shared_from_this(), failure](const library::Uploads::Offset&) {
      if (failure.what != UploadFailure::What::not_video) return self->discard(refusal_of(self->visit_->words, failure));
      // Nothing is left of it, so that the same file chosen again is told the same.
      self->library().remove(self->seat_.id, self->visit_->here.executor,
                             [self, failure](const seams::Result<void>&) { self->discard(refusal_of(self->visit_->words, failure)); });
    });
  }

  // A browser that is still sending does not listen: it is heard out, as far as that goes.
  void discard(Refusal refusal) {
    visit_->request->read_some([self = shared_from_this(), refusal = std::move(refusal)](http::BodyError error, std::string_view piece) {
      self->discarded_bytes_ += piece.size();
      if (error != http::BodyError::none || piece.empty() || self->discarded_bytes_ > discarded_bytes_max)
        return refuse(self->visit_, refusal);
      self->discard(refusal);
    });
  }

  // What came stays, however the body ended.
  void finish(http::BodyError error) {
    library().uploads().close(seat_, visit_->here.executor, [self = shared_from_this(), error](const library::Uploads::Offset& offset) {
      if (!offset) return refuse(self->visit_, refusal_of(self->visit_->words, offset.error()));
      self->library().received(self->seat_.id, *offset == self->size_bytes_, self->visit_->here.executor,
                               [self, error, offset = *offset](const seams::Result<void>& noted) { self->tell(error, offset, noted); });
    });
  }

  void tell(http::BodyError error, std::uint64_t offset, const seams::Result<void>& noted) {
    if (!noted) return refuse(visit_, noted.error() == seams::StoreError::not_found ? gone(visit_->words) : trouble(visit_->words));
    if (error != http::BodyError::none)
      return refuse(visit_, {http::status_of(error), "broken_off", visit_->words.text("library.upload_broke"), offset});
    send(visit_, http::Response{204, {}, {}}.with("Upload-Offset", std::to_string(offset)));
  }

  const VisitPtr visit_;
  const library::Seat seat_;
  const std::uint64_t size_bytes_;
  std::size_t discarded_bytes_ = 0;
};

void receive(const VisitPtr& visit, const LibraryItem& item, std::uint64_t offset) {
  const auto size = static_cast<std::uint64_t>(item.size_bytes);
  const auto declared = number(visit->request->header("content-length"));
  if (offset > size || (declared && *declared > size - offset))
    return refuse(visit, refusal_of(visit->words, UploadFailure{UploadFailure::What::too_long, 0, {}}));
  visit->services.library->uploads().open(item.id, size, offset, visit->here.executor, [visit, size](const library::Uploads::Seated& seat) {
    if (!seat) return refuse(visit, refusal_of(visit->words, seat.error()));
    std::make_shared<Receiving>(visit, *seat, size)->next();
  });
}

}  // namespace

void tell_upload_options(VisitPtr visit) {
  const std::string most = visit->has_account() ? std::to_string(visit->services.library->quota().person_bytes) : "0";
  send(visit,
       http::Response{204, {}, {}}.with("Tus-Version", tus).with("Tus-Extension", "creation,termination").with("Tus-Max-Size", most));
}

void begin_upload(VisitPtr visit) {
  if (!speaks_tus(visit)) return;
  const Words& words = visit->words;
  const auto size = number(visit->request->header("upload-length"));
  const auto metadata = read_upload_metadata(visit->request->header("upload-metadata"));
  if (!size || !metadata || metadata->fingerprint.size() > library::limits::source_bytes_max)
    return refuse(visit, {400, "bad_request", words.text("library.bad_request")});
  if (*size == 0) return refuse(visit, {422, "empty", words.text("library.empty_file")});
  const auto allowance = visit->take(auth::Limit::upload_person);
  if (!allowance.allowed) return refuse(visit, {429, "slow_down", too_often(words, allowance.retry_after_s)});
  library::NewUpload upload{visit->who->user, library::title_of(metadata->file_name), metadata->fingerprint, *size};
  visit->services.library->begin(std::move(upload), visit->here.executor, [visit](const tl::expected<std::string, BeginError>& begun) {
    if (!begun) return refuse(visit, refusal_of(visit, begun.error()));
    http::Response response = http::Response::json(201, "{\"id\":\"" + *begun + "\"}");
    response.with("Location", "/library/uploads/" + *begun).with("Upload-Offset", "0");
    send(visit, std::move(response));
  });
}

void show_upload(VisitPtr visit) {
  if (!visit->has_account()) return refuse(visit, {401, "unauthorised", visit->words.text("library.log_in")});
  with_upload(visit, [visit](const LibraryItem& item) {
    if (item.state != LibraryState::arriving) return tell_state(visit, item, static_cast<std::uint64_t>(item.size_bytes));
    visit->services.library->uploads().look(item.id, visit->here.executor, [visit, item](const library::Uploads::Offset& offset) {
      if (!offset) return refuse(visit, refusal_of(visit->words, offset.error()));
      tell_state(visit, item, *offset);
    });
  });
}

void receive_upload(VisitPtr visit) {
  if (!speaks_tus(visit)) return;
  const Words& words = visit->words;
  if (visit->request->header("content-type") != "application/offset+octet-stream")
    return refuse(visit, {415, "bad_request", words.text("library.bad_request")});
  const auto offset = number(visit->request->header("upload-offset"));
  if (!offset) return refuse(visit, {400, "bad_request", words.text("library.bad_request")});
  with_upload(visit, [visit, offset = *offset](const LibraryItem& item) {
    if (item.state == LibraryState::arriving) return receive(visit, item, offset);
    // All of it is here already: the answer to the last piece was lost.
    refuse(visit, refusal_of(visit->words, {UploadFailure::What::wrong_offset, static_cast<std::uint64_t>(item.size_bytes), {}}));
  });
}

void end_upload(VisitPtr visit) {
  if (!speaks_tus(visit)) return;
  with_upload(visit, [visit](const LibraryItem& item) {
    visit->services.library->remove(item.id, visit->here.executor, [visit](const seams::Result<void>& gone_now) {
      if (!gone_now && gone_now.error() != seams::StoreError::not_found) return refuse(visit, trouble(visit->words));
      send(visit, {204, {}, {}});
    });
  });
}

}  // namespace matinee::pages
