// A relay with its reception on one loop, a room gate that only remembers, and desktop programs that talk to it over real TCP on
// loopback. Everything runs in the test's thread: until() turns the loop until something is true.
#pragma once
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "server/media/reception.h"
#include "server/media/relay.h"
#include "server/media/stream_hub.h"
#include "server/net/loop.h"
#include "tests/videoproto/bytes.h"
#include "videoproto/connection.h"

namespace matinee::media::test {

namespace vp = videoproto;
using vp::test::Bytes;

inline const std::string room_code = "K7QM3XFD";

// The room side: lets everybody in whom nobody told it not to, by post, as the shard does.
class FakeGate final : public seams::RoomGate {
 public:
  explicit FakeGate(net::Loop& loop) : loop_(loop) {}
  void attend(const std::string& code, seams::Visit visit, std::shared_ptr<seams::Attendee> attendee) override;
  void leave(const seams::Attendee& attendee) override;
  std::string key_of(const std::string& code) const override { return code; }
  bool is_present(const std::string&, rooms::PersonId) const override { return true; }
  bool may_watch(const std::string&, const rooms::Person& person) const override { return !not_watching.contains(person.id.value); }
  bool may_publish(const std::string&, rooms::PersonId person) const override { return !without_grant.contains(person.value); }
  std::optional<Standing> standing(const std::string&, rooms::PersonId person) const override {
    return Standing{seams::RoomId{1}, !without_grant.contains(person.value), false};
  }
  std::int64_t opening_of(const std::string&) const override { return opening; }
  void tell_live(const std::string& code, rooms::LiveState state) override;

  void play(const std::string& url, std::int64_t by, rooms::Phase phase = rooms::Phase::playing,
            rooms::MediaKind kind = rooms::MediaKind::file);
  void grant(std::int64_t person, bool may);
  void send_away(std::int64_t person, seams::SentAway why);
  [[nodiscard]] rooms::LiveState live(const std::string& code = room_code) const;

  rooms::PlaybackState playback;
  std::set<std::int64_t> without_grant, not_watching;
  std::optional<rooms::ErrorCode> refuse;
  std::int64_t opening = 1;
  std::map<std::string, std::vector<rooms::LiveState>> told;  // by room
  struct Present {
    std::string code;
    seams::Visit visit;
    std::shared_ptr<seams::Attendee> attendee;
  };
  std::vector<Present> present;

 private:
  net::Loop& loop_;
};

struct Seen {
  vp::Header header;
  Bytes bytes;
};

// A desktop program that notes what it hears and sends what it is told to, as fast as the socket takes it.
class Desktop final : public vp::ConnectionHandler, public std::enable_shared_from_this<Desktop> {
 public:
  std::shared_ptr<vp::Connection> connection;
  std::vector<std::pair<vp::Header, vp::Control>> heard;
  std::vector<Seen> pictures, dups, sounds;
  std::size_t picture_count = 0;
  bool keep_bytes = true;
  std::optional<vp::CloseReason> closed;
  std::function<void(const vp::Control&)> react = [](const vp::Control&) {};
  int fd = -1;

  void send_picture(std::uint32_t stream, const Bytes& jpeg, std::uint16_t more_flags = 0);
  void send_dup(std::uint32_t stream, std::uint16_t more_flags = 0);
  void send_sound(std::uint32_t stream, const Bytes& packet);
  void say(const vp::Control& message, std::uint32_t request = 0, std::uint32_t stream = 0);
  [[nodiscard]] bool idle() const { return queue_.empty(); }

  // The newest message of a type, or null.
  template <class T>
  [[nodiscard]] const T* last() const {
    for (auto at = heard.rbegin(); at != heard.rend(); ++at) {
      if (const T* found = std::get_if<T>(&at->second)) return found;
    }
    return nullptr;
  }
  template <class T>
  [[nodiscard]] std::size_t count() const {
    std::size_t n = 0;
    for (const auto& each : heard) n += std::holds_alternative<T>(each.second);
    return n;
  }
  [[nodiscard]] const vp::ErrorMessage* error() const { return last<vp::ErrorMessage>(); }
  [[nodiscard]] std::string text_of(const vp::Control& message) const;

 private:
  void on_control(const vp::Header& header, const vp::Control& message) override;
  vp::FrameFill begin_frame(const vp::Header&) override { return pool_.begin(); }
  void on_frame(const vp::Header& header, vp::Frame picture, vp::JpegHead) override;
  void on_dup(const vp::Header& header) override { dups.push_back({header, {}}); }
  void on_audio(const vp::Header& header, std::span<const std::byte> packet) override {
    sounds.push_back({header, Bytes(packet.begin(), packet.end())});
  }
  void next_unit(vp::Outgoing& out) override;
  void on_closed(const vp::CloseReason& reason) override;

  vp::FramePool pool_ = std::move(*vp::FramePool::create(std::make_shared<vp::PoolBudget>(), {}));
  std::deque<Seen> queue_;
  std::uint32_t frame_number_ = 0, sound_number_ = 0;
};

[[nodiscard]] vp::Source camera(vp::AudioFormat audio = vp::AudioFormat::none);

struct JoinOptions {
  std::string room = room_code;
  std::optional<std::string> pair = {}, token = {}, resume = {};  // none: a token of `person`
  bool may_be_asked = false;
  int receive_buffer = 0;  // small: a reader that stops is felt at once
};

struct WorldOptions {
  RelayBounds bounds{};
  std::chrono::milliseconds tick{1};  // instead of that of the bounds
  std::size_t greetings_max = limits::greetings_max;
  std::size_t pool_bytes = vp::limits::pool_bytes_max;
};

class World {
 public:
  explicit World(WorldOptions options = {});
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  net::Loop loop;
  FakeGate gate{loop};
  bool clock_stands = false;                           // it moves by clock_ahead_ms only
  std::int64_t clock_ahead_ms = 0;                     // of deadlines
  std::map<std::int64_t, seams::StreamRecord> stored;  // streams that are set up
  std::set<std::string> known_tokens_revoked;          // tokens are "token-PERSON"
  std::unique_ptr<Relay> relay;
  std::unique_ptr<Reception> reception;
  std::vector<std::shared_ptr<Desktop>> desktops;

  void until(const std::function<bool()>& done);
  // Everything that is ready now has happened, several times over.
  void settle();
  // A connection that has said nothing yet.
  std::shared_ptr<Desktop> connect(int receive_buffer = 0);
  // Greets and sends AUTH; waits for nothing.
  std::shared_ptr<Desktop> knock(std::int64_t person, JoinOptions options = {});
  // … until it is in.
  std::shared_ptr<Desktop> join(std::int64_t person, JoinOptions options = {});
  [[nodiscard]] seams::Visit visit(std::int64_t person) const;
  // PUBLISH until PUBLISH_OK; the stream's id.
  std::uint32_t publish(Desktop& desktop, vp::Source source = camera());
  void watch(Desktop& desktop, std::uint32_t stream, bool audio = true);
  [[nodiscard]] MediaCounters counters();
  // The connection dies without a word.
  void kill(Desktop& desktop);
};

// A stream that is set up: Ada's garden, and its number in the key.
[[nodiscard]] seams::StreamRecord record(std::int64_t number = 0, const std::string& code = room_code);

// A picture of this many bytes (and a few), told apart by its mark.
[[nodiscard]] Bytes jpeg(std::size_t bytes = 200, int mark = 0);

}  // namespace matinee::media::test
