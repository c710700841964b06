// The control messages as plain values, one struct per type: what their JSON payloads say. Bounds and spelling are in
// control_codec.cpp, described for people in docs/videoproto.md. The request id of a message is its header's aux.
// Pure values; no thread rule.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "videoproto/errors.h"
#include "videoproto/header.h"
#include "videoproto/limits.h"

namespace matinee::videoproto {

enum class SourceKind : std::uint8_t { camera, screen, file, link };
enum class AudioFormat : std::uint8_t { none, opus, s16le };         // 48 kHz
enum class Phase : std::uint8_t { idle, waiting, playing, paused };  // of the room's playback
enum class DeclineReason : std::uint8_t { refused, busy, cannot_open, no_resolver };
enum class EosReason : std::uint8_t { ended, stopped, lost };

struct Source {
  SourceKind kind = SourceKind::camera;
  std::string title;
  std::int64_t width = 0, height = 0, fps = 0;  // of the pictures as sent
  AudioFormat audio = AudioFormat::none;
  std::int64_t channels = 2;
  bool operator==(const Source&) const = default;
};

// P(t) = position_ms + rate × (t − at_us) while playing, as in the room; at_us is the relay's clock, that of PONG's t2 and t3.
struct RoomPlayback {
  Phase phase = Phase::idle;
  std::int64_t position_ms = 0, at_us = 0, revision = 0;
  double rate = 1;
  bool operator==(const RoomPlayback&) const = default;
};

struct Hello {
  std::int64_t min_version = 1, max_version = 1;
  std::string software;
  bool operator==(const Hello&) const = default;
};
struct Welcome {
  std::int64_t version = 1, frame_bytes_max = limits::frame_bytes_default, ping_ms = limits::ping_interval_us / 1'000;
  std::string software;
  bool operator==(const Welcome&) const = default;
};
// Exactly one of pair, token and resume.
struct Auth {
  std::string room;
  std::optional<std::string> pair, token, resume;
  bool may_be_asked = false;  // the person allowed ASK: "send this video's frames"
  bool operator==(const Auth&) const = default;
};
struct AuthOk {
  std::string person, name, resume;
  bool may_publish = false;
  bool operator==(const AuthOk&) const = default;
};
struct Publish {
  Source source;
  std::optional<std::int64_t> ask;    // the answered ASK
  std::optional<std::string> resume;  // from PUBLISH_OK of the stream that was lost
  bool operator==(const Publish&) const = default;
};
struct PublishOk {
  std::int64_t stream = 0;
  std::string resume;
  bool operator==(const PublishOk&) const = default;
};
struct Subscribe {
  std::int64_t stream = 0;
  bool audio = true;
  bool operator==(const Subscribe&) const = default;
};
struct SubscribeOk {
  std::int64_t stream = 0;
  Source source;
  bool operator==(const SubscribeOk&) const = default;
};
struct Unsubscribe {
  std::int64_t stream = 0;
  bool operator==(const Unsubscribe&) const = default;
};
struct Meta {
  std::optional<std::int64_t> stream;  // absent: of the room
  std::optional<bool> online;
  std::optional<Source> source;
  std::optional<std::string> publisher, publisher_name;
  std::optional<std::int64_t> publisher_offset_us;  // add to pts: the relay's clock
  std::optional<RoomPlayback> playback;
  bool operator==(const Meta&) const = default;
};
struct Ask {
  std::int64_t ask = 0;
  std::string link;
  std::int64_t position_ms = 0;
  bool operator==(const Ask&) const = default;
};
struct Decline {
  std::int64_t ask = 0;
  DeclineReason reason = DeclineReason::refused;
  bool operator==(const Decline&) const = default;
};
struct Stop {
  std::int64_t stream = 0;
  bool operator==(const Stop&) const = default;
};
struct Ping {
  std::int64_t t1_us = 0;
  bool operator==(const Ping&) const = default;
};
struct Pong {
  std::int64_t t1_us = 0, t2_us = 0, t3_us = 0;
  bool operator==(const Pong&) const = default;
};
struct Stats {
  std::int64_t stream = 0, received = 0, shown = 0, dropped = 0;
  std::optional<std::int64_t> latency_us;  // capture to display
  bool operator==(const Stats&) const = default;
};
struct Adapt {
  std::int64_t stream = 0, quality = 0, fps = 0, width = 0;
  bool operator==(const Adapt&) const = default;
};
struct Eos {
  EosReason reason = EosReason::ended;
  bool operator==(const Eos&) const = default;
};
struct EosAck {
  bool operator==(const EosAck&) const = default;
};
struct ErrorMessage {
  ErrorCode code = ErrorCode::internal;
  bool fatal = true;
  std::string text;
  std::optional<std::int64_t> stream;
  bool operator==(const ErrorMessage&) const = default;
};
struct Bye {
  bool operator==(const Bye&) const = default;
};

using Control = std::variant<Hello, Welcome, Auth, AuthOk, Publish, PublishOk, Subscribe, SubscribeOk, Unsubscribe, Meta, Ask, Decline,
                             Stop, Ping, Pong, Stats, Adapt, Eos, EosAck, ErrorMessage, Bye>;

// An ERROR with the code's own fatality and sentence.
[[nodiscard]] inline ErrorMessage error_message(ErrorCode code, std::optional<std::int64_t> stream = std::nullopt) {
  return {code, info(code).fatal, std::string(info(code).sentence), stream};
}

}  // namespace matinee::videoproto
