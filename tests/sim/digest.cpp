#include "tests/sim/digest.h"
#include <cstring>

namespace matinee::rooms::sim {
namespace {

// FNV-1a over everything, with lengths, so that nothing slides from one field into the next.
class Digest {
 public:
  explicit Digest(std::uint64_t begin) : value_(begin) {}
  [[nodiscard]] std::uint64_t value() const { return value_; }

  void add(std::int64_t number) {
    for (int shift = 0; shift < 64; shift += 8)
      byte(static_cast<unsigned char>(static_cast<std::uint64_t>(number) >> static_cast<unsigned>(shift)));
  }
  void add(const std::string& text) {
    add(static_cast<std::int64_t>(text.size()));
    for (const char c : text) byte(static_cast<unsigned char>(c));
  }
  void add(double number) {
    std::int64_t bits = 0;
    std::memcpy(&bits, &number, sizeof bits);
    add(bits);
  }
  void add(bool flag) { add(std::int64_t{flag}); }
  template <class Tag>
  void add(Id<Tag> id) {
    add(id.value);
  }
  template <class Value>
  void add(const std::optional<Value>& value) {
    add(value.has_value());
    if (value) add(*value);
  }
  template <class Value>
  void add(const std::vector<Value>& values) {
    add(static_cast<std::int64_t>(values.size()));
    for (const Value& value : values) add(value);
  }
  template <class... Fields>
  void all(const Fields&... fields) {
    (add(fields), ...);
  }
  template <class Enum>
  requires std::is_enum_v<Enum>
  void add(Enum value) { add(static_cast<std::int64_t>(value)); }

  void add(const MediaRef& m) { all(m.kind, m.url, m.video_id, m.start_ms, m.live); }
  void add(const PlaybackState& s) { all(s.rev, s.phase, s.media, s.position_ms, s.at_ms, s.rate, s.by, s.op, s.wait_until_ms); }
  void add(const Reaction& r) { all(r.emoji, r.people); }
  void add(const ChatMessage& m) {
    all(m.seq, m.id, m.author, m.author_name, m.text, m.at_ms, m.reply_to, m.media_url, m.media_time_ms, m.edited_at_ms, m.deleted,
        m.reactions);
  }
  void add(const MessageChange& c) { all(c.number, c.what, c.seq, c.by, c.at_ms, c.text, c.author_name, c.reactions); }
  void add(const ChatEdited& e) { all(e.change, e.seq, e.text, e.edited_at_ms); }
  void add(const ChatDeleted& d) { all(d.change, d.seq, d.by); }
  void add(const ChatReactions& r) { all(r.change, r.seq, r.reactions); }
  void add(const ParticipantInfo& p) { all(p.id, p.name, p.kind, p.role, p.silenced_until_ms, p.state, p.error_ms, p.ahead_ms, p.live_ms); }
  void add(const RoomInfo& r) {
    all(r.code, r.name, r.preset, r.policy, r.owner, r.guest_room, r.slow_ms, r.access);
    for (const GrantSet& grants : r.grants) add(static_cast<std::int64_t>(grants.to_ulong()));
  }
  void add(const LiveRecording& r) { all(r.by, r.by_name, r.since_ms, r.ended); }
  void add(const LiveStream& s) {
    all(s.id, s.kind, s.room_video, s.title, s.publisher, s.publisher_name, s.width, s.height, s.fps, s.sound, s.online, s.viewers,
        s.recording);
  }
  void add(const LiveState& l) { all(l.streams, l.desktops, l.windows, l.frames); }
  void add(const QueueItem& i) { all(i.id, i.media, i.title, i.by, i.by_name); }
  void add(const QueueState& q) { all(q.rev, q.items, q.autoplay, q.loop); }
  void add(const QueueView& v) { all(v.queue, v.votes, v.votes_needed); }
  void add(const Action& a) { all(a.id, a.what, a.by, a.by_name, a.detail, a.at_ms, a.can_undo); }
  void add(const Ref& r) { all(r.connection, r.client); }
  void add(const Error& e) { all(e.code, e.detail, e.retry_ms); }
  void add(const PostChat& p) { all(p.id, p.text, p.reply_to, p.again); }

  void add(const Welcome& w) {
    all(w.you, w.room, w.participants, w.playback, w.live, w.queue, w.actions, w.messages, w.more_before, w.epoch, w.seq, w.server_time_ms,
        w.resumed, w.changed, w.change);
  }
  void add(const PresenceDiff& d) { all(d.changed, d.left); }
  void add(const TypingNow& t) { all(t.person, t.on); }
  void add(const PlaybackChanged& p) { all(p.state, p.epoch, p.waiting_for); }
  void add(const RoomChanged& r) { all(r.room, r.by); }
  void add(const RoomClosed&) {}
  void add(const LiveChanged& l) { add(l.live); }
  void add(const QueueChanged& q) { add(q.queue); }
  void add(const ActionsChanged& a) { add(a.actions); }
  void add(const SignalFrom& s) { all(s.from, s.data); }
  void add(const YouWere& y) { all(y.what, y.by); }
  void add(const BlockedPeople& blocked) {
    for (const auto& [id, name] : blocked.people) all(id, name);
  }

  void add(const Person& p) { all(p.id, p.name, p.kind, p.fresh, p.address); }
  void add(const KnockedPeople& knocked) { add(knocked.people); }
  void add(const Admitted& a) { all(a.on, a.why); }
  void add(const RoomMoved& m) { add(m.code); }

  void add(const ReplyOk& e) { all(e.ref, e.seq, e.rev); }
  void add(const ReplyError& e) { all(e.ref, e.error, e.message_id); }
  void add(const Push& e) { all(e.connection, e.message); }
  void add(const PushPerson& e) { all(e.person, e.message); }
  void add(const Admit& e) { all(e.connection, e.person); }
  void add(const Broadcast& e) { add(e.message); }
  void add(const Store& e) { all(e.message, e.void_row); }
  void add(const StoreChange& e) { add(e.change); }
  void add(const AskMessage& e) { add(e.seq); }
  void add(const AskLog& e) { all(e.author, e.post, e.ref); }
  void add(const Await& e) { all(e.connection, e.person); }
  void add(const Answer& e) { all(e.person, e.message); }
  void add(const DrawCode& e) { all(e.ref, e.by); }
  void add(const SaveRoom&) {}
  void add(const SetTimer& e) { all(e.id, e.at_ms); }
  void add(const Disconnect& e) { all(e.person, std::int64_t{e.close_code}); }
  void add(const DisconnectAll& e) { add(std::int64_t{e.close_code}); }

  template <class... Kinds>
  void add(const std::variant<Kinds...>& one_of) {
    add(static_cast<std::int64_t>(one_of.index()));
    std::visit([this](const auto& value) { this->add(value); }, one_of);
  }

 private:
  void byte(unsigned char b) { value_ = (value_ ^ b) * 1'099'511'628'211ULL; }
  std::uint64_t value_;
};

}  // namespace

std::uint64_t digest_of(const EffectList& effects, std::uint64_t begin) {
  Digest digest(begin);
  for (const Effect& effect : effects) digest.add(effect);
  return digest.value();
}

}  // namespace matinee::rooms::sim
