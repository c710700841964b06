#include "videoproto/header.h"

#include <algorithm>

namespace matinee::videoproto {
namespace {

constexpr std::array<std::byte, 4> magic{std::byte{'V'}, std::byte{'P'}, std::byte{'R'}, std::byte{'1'}};

template <class T>
T read(std::span<const std::byte> bytes, std::size_t offset) {
  T value = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i) value = static_cast<T>((value << 8) | std::to_integer<T>(bytes[offset + i]));
  return value;
}

template <class T>
void write(HeaderBytes& bytes, std::size_t offset, T value) {
  for (std::size_t i = 0; i < sizeof(T); ++i) bytes[offset + i] = static_cast<std::byte>(value >> (8 * (sizeof(T) - 1 - i)));
}

// A repeated picture has no payload and is no picture of its own.
bool flags_fit(Type type, std::uint16_t flags, std::uint32_t payload_bytes) {
  if ((flags & ~flags_allowed(type)) != 0) return false;
  if ((flags & flags::dup) == 0) return true;
  return (flags & flags::key) == 0 && payload_bytes == 0;
}

}  // namespace

tl::expected<Header, ErrorCode> decode_header(std::span<const std::byte, limits::header_bytes> bytes, HeaderLimits limits) {
  if (!may_be_magic(bytes)) return tl::unexpected(ErrorCode::magic);
  if (read<std::uint8_t>(bytes, 4) != protocol_version) return tl::unexpected(ErrorCode::version);
  const std::optional<Type> type = type_of(read<std::uint8_t>(bytes, 5));
  if (!type) return tl::unexpected(ErrorCode::malformed);
  const Header header{*type,
                      read<std::uint16_t>(bytes, 6),
                      read<std::uint32_t>(bytes, 8),
                      read<std::uint32_t>(bytes, 12),
                      read<std::uint32_t>(bytes, 16),
                      read<std::uint32_t>(bytes, 20),
                      read<std::uint64_t>(bytes, 24)};
  if (!flags_fit(*type, header.flags, header.payload_bytes)) return tl::unexpected(ErrorCode::malformed);
  if (header.payload_bytes > payload_bytes_max(*type, limits)) return tl::unexpected(ErrorCode::too_large);
  if ((header.stream != 0) != carries_stream(*type)) return tl::unexpected(ErrorCode::malformed);
  return header;
}

HeaderBytes encode_header(const Header& header) {
  HeaderBytes bytes{};
  std::copy(magic.begin(), magic.end(), bytes.begin());
  write(bytes, 4, protocol_version);
  write(bytes, 5, static_cast<std::uint8_t>(header.type));
  write(bytes, 6, header.flags);
  write(bytes, 8, header.payload_bytes);
  write(bytes, 12, header.stream);
  write(bytes, 16, header.sequence);
  write(bytes, 20, header.aux);
  write(bytes, 24, header.pts_us);
  return bytes;
}

bool may_be_magic(std::span<const std::byte> first_bytes) {
  const std::size_t seen = std::min(first_bytes.size(), magic.size());
  return std::equal(magic.begin(), magic.begin() + static_cast<std::ptrdiff_t>(seen), first_bytes.begin());
}

bool carries_stream(Type type) { return type == Type::frame || type == Type::audio || type == Type::eos || type == Type::eos_ack; }

bool carries_json(Type type) { return type != Type::frame && type != Type::audio; }

std::uint16_t flags_allowed(Type type) {
  if (type == Type::frame) return flags::key | flags::dup | flags::eos | flags::discont;
  if (type == Type::audio) return flags::eos | flags::discont;
  return 0;
}

std::uint32_t payload_bytes_max(Type type, HeaderLimits limits) {
  if (type == Type::frame) return std::min(limits.frame_bytes_max, limits::frame_bytes_max);
  if (type == Type::audio) return limits::audio_bytes_max;
  return limits::control_bytes_max;
}

std::optional<Type> type_of(std::uint8_t number) {
  const Type type{number};
  if (std::find(all_types.begin(), all_types.end(), type) == all_types.end()) return std::nullopt;
  return type;
}

std::string_view name_of(Type type) {
  switch (type) {
    case Type::hello: return "HELLO";
    case Type::welcome: return "WELCOME";
    case Type::auth: return "AUTH";
    case Type::auth_ok: return "AUTH_OK";
    case Type::publish: return "PUBLISH";
    case Type::publish_ok: return "PUBLISH_OK";
    case Type::subscribe: return "SUBSCRIBE";
    case Type::subscribe_ok: return "SUBSCRIBE_OK";
    case Type::unsubscribe: return "UNSUBSCRIBE";
    case Type::meta: return "META";
    case Type::ask: return "ASK";
    case Type::decline: return "DECLINE";
    case Type::stop: return "STOP";
    case Type::frame: return "FRAME";
    case Type::audio: return "AUDIO";
    case Type::ping: return "PING";
    case Type::pong: return "PONG";
    case Type::stats: return "STATS";
    case Type::adapt: return "ADAPT";
    case Type::eos: return "EOS";
    case Type::eos_ack: return "EOS_ACK";
    case Type::error: return "ERROR";
    case Type::bye: return "BYE";
  }
  return "?";
}

}  // namespace matinee::videoproto
