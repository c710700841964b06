// What may be said when: one connection's life as a state machine, seen from either side, without any I/O.
//
//                 HELLO in, WELCOME out        AUTH in              AUTH_OK out
//   relay:  hello ───────────────────▶ auth ───────────▶ checking ───────────────▶ open
//                 HELLO out, WELCOME in        AUTH out             AUTH_OK in
//   client: hello ───────────────────▶ auth ───────────▶ checking ───────────────▶ open
//
//   every state ── BYE or fatal ERROR, in or out; any error found here ──▶ closing (all that still comes is skipped)
//
// It decides from headers alone, so a message that is not welcome costs no memory. JSON is read elsewhere (control_codec.h).
// Thread rule: pure; one thread at a time. All times are µs of one monotonic clock of the caller.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "videoproto/header.h"
#include "videoproto/parser.h"
#include "videoproto/rate.h"

namespace matinee::videoproto {

enum class Role : std::uint8_t { client, relay };
enum class State : std::uint8_t { hello, auth, checking, open, closing };
inline constexpr std::array<State, 5> all_states{State::hello, State::auth, State::checking, State::open, State::closing};
[[nodiscard]] std::string_view name_of(State state);

// The one table: may `receiver`, in `state`, be sent a message of this type? Refusals are wrong_state, or auth_required for
// what would be fine after AUTH. In `closing` everything is skipped.
[[nodiscard]] Verdict may_receive(Role receiver, State state, Type type);

struct VersionRange {
  std::uint8_t min = protocol_version;
  std::uint8_t max = protocol_version;
};
// The highest version that both know.
[[nodiscard]] std::optional<std::uint8_t> choose_version(VersionRange ours, VersionRange theirs);

class Session {
 public:
  Session(Role role, std::int64_t now_us);

  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] Role role() const { return role_; }

  // A header came: take, skip or refuse its payload. A refusal moves to closing.
  [[nodiscard]] Verdict on_header(const Header& header, std::int64_t now_us);
  // `bytes` payload bytes came: a large frame over a slow line is no silence.
  void on_payload(std::size_t bytes, std::int64_t now_us);
  // The payload is complete and was understood. Control messages that the session does not know the effect of change nothing.
  void on_message(Type type, std::int64_t now_us);
  // We send a message of this type. False: we have no business to; nothing changes.
  [[nodiscard]] bool on_send(Type type);
  // A fatal ERROR was sent or received.
  void close() { state_ = State::closing; }

  // Streams that this peer sends to us: frames of others are skipped. quota over 16, wrong_state for 0 or a repeated id.
  [[nodiscard]] std::optional<ErrorCode> open_stream(std::uint32_t stream);
  void close_stream(std::uint32_t stream);
  [[nodiscard]] std::size_t streams() const;
  // Streams that we send to this peer: they count for the same bound.
  [[nodiscard]] std::optional<ErrorCode> open_outgoing_stream(std::uint32_t stream);
  void close_outgoing_stream(std::uint32_t stream);

  // auth_required when AUTH did not come in time, idle after 15 s of silence; moves to closing.
  [[nodiscard]] std::optional<ErrorCode> on_time(std::int64_t now_us);
  // When on_time has something to say if nothing comes until then; nullopt while closing.
  [[nodiscard]] std::optional<std::int64_t> deadline_us() const;

 private:
  struct Stream {
    std::uint32_t id = 0;  // 0 = free
    bool incoming = false;
    RateBucket frames;
  };
  [[nodiscard]] Stream* find(std::uint32_t id, bool incoming);
  [[nodiscard]] std::optional<ErrorCode> add(std::uint32_t id, bool incoming);
  [[nodiscard]] Verdict judge(const Header& header, std::int64_t now_us);
  [[nodiscard]] Verdict judge_media(const Header& header, std::int64_t now_us);
  [[nodiscard]] bool before_auth() const { return state_ == State::hello || state_ == State::auth; }

  Role role_;
  State state_ = State::hello;
  std::int64_t began_us_;
  std::int64_t heard_us_;
  std::size_t before_auth_bytes_ = 0;
  std::size_t progress_bytes_ = 0;
  std::array<Stream, limits::streams_max> streams_;
};

}  // namespace matinee::videoproto
