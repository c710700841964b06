#include "server/pages/export.h"

#include <algorithm>
#include <span>
#include <vector>

#include "server/auth/digest.h"
#include "server/pages/preferences.h"
#include "server/pages/room_json.h"

namespace matinee::pages {
namespace {

std::string field(std::string_view name, std::string_view value) { return json_text(name) + ":" + std::string(value); }
std::string field(std::string_view name, std::int64_t value) { return json_text(name) + ":" + std::to_string(value); }
std::string text_field(std::string_view name, std::string_view value) { return json_text(name) + ":" + json_text(value); }

std::string profile_json(const seams::User& user, const std::optional<seams::Avatar>& avatar) {
  std::string json = "{" + text_field("id", std::to_string(user.id.value)) + "," + text_field("name", user.name);
  if (!user.email.empty()) json += "," + text_field("email", user.email);
  json += "," + field("admin", user.admin ? "true" : "false") + "," + field("created_at_ms", user.created_at_ms);
  if (avatar) {
    const auto bytes = std::span(reinterpret_cast<const std::uint8_t*>(avatar->bytes.data()), avatar->bytes.size());  // NOLINT: bytes
    json += ",\"picture\":{" + text_field("type", avatar->type) + "," + text_field("base64url", auth::base64url(bytes)) + "}";
  }
  return json + "}";
}

std::string session_json(const seams::Session& session, seams::SessionId own) {
  return "{" + text_field("kind", session.kind == seams::SessionKind::device ? "desktop" : "browser") + "," +
         text_field("client", session.client) + "," + text_field("address", session.address) + "," +
         field("created_at_ms", session.created_at_ms) + "," + field("seen_at_ms", session.seen_at_ms) + "," +
         field("this_one", session.id == own ? "true" : "false") + "}";
}

std::string room_of_json(const seams::RoomOfUser& room) {
  return "{" + text_field("code", room.code) + "," + text_field("name", room.name) + "," + text_field("role", rooms::to_string(room.role)) +
         "," + field("last_activity_ms", room.last_activity_ms) + "}";
}

// What was kept beside the text (what it answers, what played) is JSON of our own; anything else is left out.
std::string message_json(const seams::OwnMessage& own) {
  const seams::StoredMessage& message = own.message;
  std::string json = "{" + text_field("room", own.room_code) + "," + field("seq", message.seq.value) + "," +
                     text_field("id", message.message_id) + "," + text_field("text", message.body) + "," + field("at_ms", message.at_ms);
  if (message.edited_at_ms > 0) json += "," + field("edited_at_ms", message.edited_at_ms);
  if (message.extra.starts_with('{')) json += "," + field("details", message.extra);
  return json + "}";
}

template <class T, class F>
std::string list_json(const std::vector<T>& list, F one) {
  std::string json = "[";
  for (const T& entry : list) json += (json.size() > 1 ? ",\n" : "\n") + one(entry);
  return json + "]";
}

class Export : public std::enable_shared_from_this<Export> {
 public:
  explicit Export(VisitPtr visit) : visit_(std::move(visit)) {}

  // ---- what is asked for before the answer begins: a refusal is still a page
  void start() {
    visit_->services.users.by_id(user(), here(), [self = shared_from_this()](seams::Result<seams::User> found) {
      if (!found) return self->visit_->error(503, 5);
      self->account_ = std::move(*found);
      self->find_avatar();
    });
  }

 private:
  void find_avatar() {
    if (account_.avatar.empty()) return find_sessions();
    visit_->services.users.avatar(user(), account_.avatar, here(), [self = shared_from_this()](seams::Result<seams::Avatar> found) {
      if (!found && found.error() != seams::StoreError::not_found) return self->visit_->error(503, 5);
      if (found) self->avatar_ = std::move(*found);
      self->find_sessions();
    });
  }

  void find_sessions() {
    visit_->here.sessions->list(user(), [self = shared_from_this()](seams::Result<std::vector<seams::Session>> found) {
      if (!found) return self->visit_->error(503, 5);
      self->sessions_ = std::move(*found);
      self->find_rooms();
    });
  }

  void find_rooms() {
    visit_->services.rooms.rooms_of(user(), export_rooms_max, here(),
                                    [self = shared_from_this()](const seams::Result<std::vector<seams::RoomOfUser>>& found) {
                                      if (!found) return self->visit_->error(503, 5);
                                      self->begin(*found);
                                    });
  }

  // ---- the answer
  void begin(const std::vector<seams::RoomOfUser>& rooms) {
    visit_->stream().start(200, {{"Content-Type", "application/json"},
                                 {"Content-Disposition", "attachment; filename=\"matinee-account.json\""},
                                 {"Cache-Control", "no-store"}});
    std::string head = "{" + text_field("format", "matinee.account.v1") + ",\n" + field("made_at_ms", visit_->services.now_ms()) + ",\n";
    head += field("profile", profile_json(account_, avatar_)) + ",\n";
    head += field("preferences", preferences_json(preferences_saved(account_.preferences))) + ",\n";
    const seams::SessionId own = visit_->who->session;
    head += field("sessions", list_json(sessions_, [own](const seams::Session& session) { return session_json(session, own); })) + ",\n";
    head += field("rooms", list_json(rooms, room_of_json)) + ",\n\"messages\":[";
    write(std::move(head));
  }

  void write(std::string piece) {
    visit_->stream().write(std::move(piece), [self = shared_from_this()](bool taken) {
      if (taken) self->go_on();
    });
  }

  void go_on() {
    if (next_ < places_.size()) return read_piece();
    records().messages(user(), last_, export_places_max, here(),
                       [self = shared_from_this()](seams::Result<std::vector<seams::MessagePlace>> found) {
                         if (!found) return self->visit_->stream().abort();
                         if (found->empty()) return self->finish();
                         self->places_ = std::move(*found);
                         self->last_ = self->places_.back();
                         self->next_ = 0;
                         self->read_piece();
                       });
  }

  void read_piece() {
    const auto from = places_.begin() + static_cast<std::ptrdiff_t>(next_);
    const auto count = std::min(export_piece_max, places_.size() - next_);
    next_ += count;
    records().read({from, from + static_cast<std::ptrdiff_t>(count)}, here(),
                   [self = shared_from_this()](const seams::Result<std::vector<seams::OwnMessage>>& messages) {
                     if (!messages) return self->visit_->stream().abort();
                     if (messages->empty()) return self->go_on();  // all of them deleted meanwhile
                     std::string piece;
                     for (const seams::OwnMessage& message : *messages) {
                       piece += (std::exchange(self->first_, false) ? "\n" : ",\n") + message_json(message);
                     }
                     self->write(std::move(piece));
                   });
  }

  void finish() {
    visit_->stream().write("]}\n", [self = shared_from_this()](bool taken) {
      if (taken) self->visit_->stream().finish();
    });
  }

  [[nodiscard]] seams::AccountRecords& records() const { return *visit_->services.account_records; }
  [[nodiscard]] const seams::Executor& here() const { return visit_->here.executor; }
  [[nodiscard]] seams::UserId user() const { return visit_->who->user; }

  VisitPtr visit_;
  seams::User account_;
  std::optional<seams::Avatar> avatar_;
  std::vector<seams::Session> sessions_;
  std::vector<seams::MessagePlace> places_;  // found, and from next_ on not yet read
  std::size_t next_ = 0;
  seams::MessagePlace last_;
  bool first_ = true;
};

}  // namespace

void export_account(VisitPtr visit) {
  if (!visit->has_account()) return visit->redirect("/login?next=/account");
  const auto allowance = visit->take(auth::Limit::export_person);
  if (!allowance.allowed) return visit->error(429, allowance.retry_after_s);
  std::make_shared<Export>(std::move(visit))->start();
}

}  // namespace matinee::pages
