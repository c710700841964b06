// The 32-byte header in front of every message, big-endian: decode with every check that needs no state, and encode.
// Why apart from the parser: it is the one place that reads numbers a stranger wrote, and docs/videoproto.md is checked against it.
// Pure; no thread rule.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <tl/expected.hpp>

#include "videoproto/errors.h"
#include "videoproto/limits.h"

namespace matinee::videoproto {

inline constexpr std::uint8_t protocol_version = 1;

enum class Type : std::uint8_t {
  hello = 0x01,
  welcome = 0x02,
  auth = 0x03,
  auth_ok = 0x04,
  publish = 0x10,
  publish_ok = 0x11,
  subscribe = 0x12,
  subscribe_ok = 0x13,
  unsubscribe = 0x14,
  meta = 0x15,
  ask = 0x16,
  decline = 0x17,
  stop = 0x18,
  frame = 0x20,
  audio = 0x21,
  ping = 0x30,
  pong = 0x31,
  stats = 0x32,
  adapt = 0x33,
  eos = 0x3E,
  eos_ack = 0x3F,
  error = 0x7E,
  bye = 0x7F,
};
inline constexpr std::array<Type, 23> all_types{
    Type::hello,       Type::welcome, Type::auth,  Type::auth_ok, Type::publish, Type::publish_ok, Type::subscribe, Type::subscribe_ok,
    Type::unsubscribe, Type::meta,    Type::ask,   Type::decline, Type::stop,    Type::frame,      Type::audio,     Type::ping,
    Type::pong,        Type::stats,   Type::adapt, Type::eos,     Type::eos_ack, Type::error,      Type::bye};

namespace flags {
inline constexpr std::uint16_t key = 1 << 0;      // the picture stands alone; every JPEG does
inline constexpr std::uint16_t dup = 1 << 1;      // same picture as before, no payload
inline constexpr std::uint16_t eos = 1 << 2;      // the last unit of its type in this stream
inline constexpr std::uint16_t discont = 1 << 3;  // time or content jumped before this unit
}  // namespace flags

struct Header {
  Type type = Type::ping;
  std::uint16_t flags = 0;
  std::uint32_t payload_bytes = 0;
  std::uint32_t stream = 0;    // 0 = control
  std::uint32_t sequence = 0;  // per stream and type: gaps are drops
  std::uint32_t aux = 0;       // media: µs spent in the relay; control: request id
  std::uint64_t pts_us = 0;    // publisher's monotonic capture clock
  [[nodiscard]] bool has(std::uint16_t flag) const { return (flags & flag) != 0; }
  bool operator==(const Header&) const = default;
};

struct HeaderLimits {
  std::uint32_t frame_bytes_max = limits::frame_bytes_default;  // ≤ limits::frame_bytes_max
};

using HeaderBytes = std::array<std::byte, limits::header_bytes>;

// In this order: magic 1, version 2, type 3, flags 3, length 4, stream id 3. Nothing has been allocated for the payload yet.
[[nodiscard]] tl::expected<Header, ErrorCode> decode_header(std::span<const std::byte, limits::header_bytes> bytes,
                                                            HeaderLimits limits = {});
[[nodiscard]] HeaderBytes encode_header(const Header& header);
// False as soon as the bytes that came (at most 4 are looked at) cannot become a header.
[[nodiscard]] bool may_be_magic(std::span<const std::byte> first_bytes);

// Frames, audio and the end of a stream carry a stream id; every other message is control: stream id 0, JSON payload.
[[nodiscard]] bool carries_stream(Type type);
[[nodiscard]] bool carries_json(Type type);
[[nodiscard]] std::uint16_t flags_allowed(Type type);
[[nodiscard]] std::uint32_t payload_bytes_max(Type type, HeaderLimits limits);
[[nodiscard]] std::optional<Type> type_of(std::uint8_t number);
[[nodiscard]] std::string_view name_of(Type type);  // "SUBSCRIBE_OK"

}  // namespace matinee::videoproto
