#include "server/pages/streams.h"

#include <charconv>
#include <utility>

#include "rooms/room_code.h"
#include "rooms/text.h"
#include "server/auth/digest.h"
#include "server/auth/random.h"
#include "server/library/shelf.h"
#include "server/ops/host_rules.h"
#include "server/pages/room_json.h"

namespace matinee::pages {
namespace {

using seams::Result;
using seams::StoreError;
using seams::StreamRecord;

void refuse(const VisitPtr& visit, int status, std::string_view error, std::string_view sentence) {
  http::Response response = http::Response::json(status, "{\"error\":" + json_text(error) + ",\"sentence\":" + json_text(sentence) + "}");
  if (status == 503) response.with("Retry-After", "5");
  visit->send(std::move(response));
}

void refuse(const VisitPtr& visit, StoreError error) {
  switch (error) {
    case StoreError::not_found: return refuse(visit, 404, "no_such_stream", "This room has no such stream.");
    case StoreError::too_many:
      return refuse(visit, 409, "too_many", "There are as many streams here as there may be. Delete one that is not needed.");
    default: return refuse(visit, 503, "unavailable", "This could not be stored. Try again.");
  }
}

// An unknown room, one that blocked the person and one they are not in are the same: so no code can be guessed here.
void with_standing(const VisitPtr& visit, std::function<void(const RoomStanding&)> use) {
  const auto code = rooms::read_room_code(visit->request->path_param("code"));
  const auto absent = [visit] { refuse(visit, 404, "not_present", "You are not in this room. Open its page and stay there."); };
  if (!visit->who) return refuse(visit, 401, "not_logged_in", "You are logged out. Reload the page.");
  if (!code || !visit->services.streams.standing) return absent();
  visit->services.streams.standing(*code, visit->who->user, visit->here.executor,
                                   [visit, absent, use = std::move(use)](const std::optional<RoomStanding>& standing) {
                                     if (!standing) return absent();
                                     if (!standing->may_publish)
                                       return refuse(visit, 403, "forbidden", "You may not go live in this room.");
                                     use(*standing);
                                   });
}

bool is_theirs(const VisitPtr& visit, const StreamRecord& stream) { return stream.owner == visit->who->user; }

// Somebody else's is not told from one that does not exist, but to who may edit the room.
void with_stream(const VisitPtr& visit, std::function<void(const StreamRecord&)> use) {
  with_standing(visit, [visit, use = std::move(use)](const RoomStanding& standing) {
    const std::string_view text = visit->request->path_param("stream");
    seams::StreamId id;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id.value);
    if (error != std::errc() || end != text.data() + text.size()) return refuse(visit, StoreError::not_found);
    visit->services.streams.store->find(id, visit->services.now_ms(), visit->here.executor,
                                        [visit, standing, use](const Result<StreamRecord>& found) {
                                          if (!found) return refuse(visit, found.error());
                                          if (found->room != standing.room || !(standing.may_edit || is_theirs(visit, *found)))
                                            return refuse(visit, StoreError::not_found);
                                          use(*found);
                                        });
  });
}

std::string members(const VisitPtr& visit, const StreamRecord& stream) {
  constexpr std::string_view kinds[] = {"feed", "camera", "screen"};
  return "\"id\":" + std::to_string(stream.id.value) + ",\"name\":" + json_text(stream.name) +
         ",\"kind\":" + json_text(kinds[static_cast<std::size_t>(stream.kind)]) +
         ",\"owner\":" + json_text(std::to_string(stream.owner.value)) + ",\"owner_name\":" + json_text(stream.owner_name) +
         ",\"mine\":" + (is_theirs(visit, stream) ? "true" : "false") + ",\"ended\":" + (stream.ended_at_ms != 0 ? "true" : "false") +
         ",\"created_at_ms\":" + std::to_string(stream.created_at_ms);
}

// The one time that a key is told.
void show_key(const VisitPtr& visit, const StreamRecord& stream, const std::string& key) {
  const std::string url =
      visit->services.hosts.base_url(visit->request->host(), visit->request->secure()) + "/ingest/" + std::to_string(stream.id.value);
  visit->send(
      http::Response::json(200, "{" + members(visit, stream) + ",\"key\":" + json_text(key) + ",\"ingest_url\":" + json_text(url) + "}"));
}

std::optional<std::string> name_of(const http::Form& form) {
  const std::string name(form.value_or_empty("name"));
  const auto shape = rooms::shape_of(name);
  if (!shape || shape->blank || shape->controls || shape->unseen || shape->line_breaks) return std::nullopt;
  if (shape->code_points > stream_name_code_points_max) return std::nullopt;
  return name;
}

std::optional<seams::StreamKind> kind_of(const http::Form& form) {
  const std::string_view kind = form.value_or_empty("kind");
  if (kind.empty() || kind == "feed") return seams::StreamKind::feed;
  if (kind == "camera") return seams::StreamKind::camera;
  if (kind == "screen") return seams::StreamKind::screen;
  return std::nullopt;
}

void refuse_name(const VisitPtr& visit) {
  refuse(visit, 422, "bad_name",
         "A stream has a name of one line, at most " + std::to_string(stream_name_code_points_max) + " characters.");
}

// Whoever serves the stream is told before the answer goes out, and looks at what is stored again.
seams::Done<void> then_tell(const VisitPtr& visit, const StreamRecord& stream, std::function<void()> answer) {
  return [visit, id = stream.id, code = stream.room_code, answer = std::move(answer)](const Result<void>& stored) {
    if (!stored) return refuse(visit, stored.error());
    if (visit->services.streams.changed) visit->services.streams.changed(id, code);
    answer();
  };
}

void say_done(const VisitPtr& visit) { visit->send(http::Response{204, {}, {}}); }

void refuse(const VisitPtr& visit, seams::RecordRefusal why) {
  switch (why) {
    case seams::RecordRefusal::quota_person:
      return refuse(visit, 413, "quota", "Your videos take as much room as they may. Delete one of yours first.");
    case seams::RecordRefusal::quota_all: return refuse(visit, 413, "quota_all", "The library is full. Delete a video first.");
    case seams::RecordRefusal::disk_full: return refuse(visit, 507, "disk_full", "The server's disk is nearly full.");
    case seams::RecordRefusal::not_live: return refuse(visit, 409, "not_live", "Nobody publishes this stream just now.");
    case seams::RecordRefusal::unfit:
      return refuse(visit, 422, "unfit", "This stream's coding cannot be recorded. H.264, VP9 or AV1 with AAC or Opus can.");
    case seams::RecordRefusal::busy: return refuse(visit, 409, "recorded", "This stream is being recorded already.");
    case seams::RecordRefusal::full: return refuse(visit, 503, "full", "As many streams are recorded as may be. Try again later.");
    case seams::RecordRefusal::no_library: return refuse(visit, 404, "no_library", "This server keeps no videos.");
    case seams::RecordRefusal::stopping: return refuse(visit, 503, "restart", "The server restarts. Try again in a moment.");
    case seams::RecordRefusal::unavailable: break;
  }
  refuse(visit, StoreError::unavailable);
}

}  // namespace

void list_streams(VisitPtr visit) {
  with_standing(visit, [visit](const RoomStanding& standing) {
    visit->services.streams.store->of_room(standing.room, visit->services.now_ms(), visit->here.executor,
                                           [visit, standing](const Result<std::vector<StreamRecord>>& found) {
                                             if (!found) return refuse(visit, found.error());
                                             std::string list;
                                             for (const StreamRecord& stream : *found) {
                                               if (!standing.may_edit && !is_theirs(visit, stream)) continue;
                                               list += (list.empty() ? "{" : ",{") + members(visit, stream) + "}";
                                             }
                                             visit->send(http::Response::json(200, "{\"streams\":[" + list + "]}"));
                                           });
  });
}

void make_stream(VisitPtr visit, http::Form form) {
  with_standing(visit, [visit, form = std::move(form)](const RoomStanding& standing) {
    const auto name = name_of(form);
    const auto kind = kind_of(form);
    if (!name) return refuse_name(visit);
    if (!kind) return refuse(visit, 422, "bad_kind", "A stream is a feed, a camera or a screen.");
    const std::string key = auth::random_token();
    visit->services.streams.store->create({standing.room, visit->who->user, *name, *kind, auth::sha256(key), visit->services.now_ms()},
                                          {streams_of_room_max, streams_of_owner_max}, visit->here.executor,
                                          [visit, key](const Result<StreamRecord>& made) {
                                            if (!made) return refuse(visit, made.error());
                                            show_key(visit, *made, key);
                                          });
  });
}

void rekey_stream(VisitPtr visit, http::Form) {
  with_stream(visit, [visit](const StreamRecord& stream) {
    const std::string key = auth::random_token();
    StreamRecord anew = stream;
    anew.ended_at_ms = 0;
    visit->services.streams.store->set_key(stream.id, auth::sha256(key), visit->here.executor,
                                           then_tell(visit, stream, [visit, anew, key] { show_key(visit, anew, key); }));
  });
}

void rename_stream(VisitPtr visit, http::Form form) {
  const auto name = name_of(form);
  with_stream(visit, [visit, name](const StreamRecord& stream) {
    if (!name) return refuse_name(visit);
    visit->services.streams.store->rename(stream.id, *name, visit->here.executor, then_tell(visit, stream, [visit] { say_done(visit); }));
  });
}

void record_stream(VisitPtr visit, http::Form form) {
  const std::string typed(form.value_or_empty("title"));
  with_stream(visit, [visit, typed](const StreamRecord& stream) {
    if (!visit->has_account()) return refuse(visit, 403, "account", "Only accounts have a library. Sign up first.");
    const auto title = library::clean_title(typed.empty() ? stream.name : typed);
    if (!title) return refuse(visit, 422, "bad_title", "A video has a title of one line, at most 120 characters.");
    if (!visit->services.library || !visit->services.streams.record) return refuse(visit, seams::RecordRefusal::no_library);
    visit->services.streams.record({stream.id, stream.room_code, visit->who->user, visit->who->name, *title}, visit->here.executor,
                                   [visit](const tl::expected<std::string, seams::RecordRefusal>& item) {
                                     if (!item) return refuse(visit, item.error());
                                     visit->send(http::Response::json(200, "{\"item\":" + json_text(*item) + "}"));
                                   });
  });
}

void end_recording(VisitPtr visit, http::Form) {
  with_stream(visit, [visit](const StreamRecord& stream) {
    if (!visit->services.streams.stop_recording) return refuse(visit, seams::RecordRefusal::no_library);
    visit->services.streams.stop_recording(stream.id, stream.room_code, visit->here.executor, [visit](bool ended) {
      if (!ended) return refuse(visit, 409, "not_recorded", "This stream is not being recorded.");
      say_done(visit);
    });
  });
}

void end_stream(VisitPtr visit, http::Form) {
  with_stream(visit, [visit](const StreamRecord& stream) {
    visit->services.streams.store->end(stream.id, visit->services.now_ms(), visit->here.executor,
                                       then_tell(visit, stream, [visit] { say_done(visit); }));
  });
}

void delete_stream(VisitPtr visit, http::Form) {
  with_stream(visit, [visit](const StreamRecord& stream) {
    visit->services.streams.store->remove(stream.id, visit->here.executor, then_tell(visit, stream, [visit] { say_done(visit); }));
  });
}

}  // namespace matinee::pages
