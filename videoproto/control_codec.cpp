#include "videoproto/control_codec.h"

#include <algorithm>
#include <array>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parser.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <type_traits>
#include <utility>

namespace matinee::videoproto {
namespace json = boost::json;
namespace {

constexpr std::int64_t exact_max = std::int64_t{1} << 53;  // what every JSON reader keeps exactly
constexpr std::int64_t id_max = 0xFFFFFFFF;
constexpr std::size_t depth_max = 4;

template <class E>
struct Names;
template <>
struct Names<SourceKind> {
  static constexpr std::array<std::string_view, 4> list{"camera", "screen", "file", "link"};
};
template <>
struct Names<AudioFormat> {
  static constexpr std::array<std::string_view, 3> list{"none", "opus", "s16le"};
};
template <>
struct Names<Phase> {
  static constexpr std::array<std::string_view, 4> list{"idle", "waiting", "playing", "paused"};
};
template <>
struct Names<DeclineReason> {
  static constexpr std::array<std::string_view, 4> list{"refused", "busy", "cannot_open", "no_resolver"};
};
template <>
struct Names<EosReason> {
  static constexpr std::array<std::string_view, 3> list{"ended", "stopped", "lost"};
};

// Each message is described once, for both directions: `v` reads a JSON object into `m` or writes `m` into one.
template <class V, class M>
void describe_source(V& v, M& m) {
  v.name("kind", m.kind);
  v.text("title", m.title, 0, 300);
  v.integer("width", m.width, 1, limits::picture_side_max);
  v.integer("height", m.height, 1, limits::picture_side_max);
  v.integer("fps", m.fps, 1, limits::frames_per_second_max);
  v.name("audio", m.audio);
  v.integer("channels", m.channels, 1, 2);
}
template <class V, class M>
void describe_playback(V& v, M& m) {
  v.name("phase", m.phase);
  v.integer("position_ms", m.position_ms, 0, exact_max);
  v.integer("at_us", m.at_us, 0, exact_max);
  v.integer("revision", m.revision, 0, exact_max);
  v.number("rate", m.rate, 0.25, 2);
}

template <class V, class M>
void describe(V& v, M& m) {
  using T = std::remove_const_t<M>;
  if constexpr (std::is_same_v<T, Hello>) {
    v.integer("min_version", m.min_version, 1, 255);
    v.integer("max_version", m.max_version, 1, 255);
    v.text("software", m.software, 0, 100);
  } else if constexpr (std::is_same_v<T, Welcome>) {
    v.integer("version", m.version, 1, 255);
    v.integer("frame_bytes_max", m.frame_bytes_max, 1, limits::frame_bytes_max);
    v.integer("ping_ms", m.ping_ms, 100, 15'000);
    v.text("software", m.software, 0, 100);
  } else if constexpr (std::is_same_v<T, Auth>) {
    v.text("room", m.room, 1, 32);
    v.text("pair", m.pair, 1, 256);
    v.text("token", m.token, 1, 256);
    v.text("resume", m.resume, 1, 256);
    v.flag("may_be_asked", m.may_be_asked);
    if (m.pair.has_value() + m.token.has_value() + m.resume.has_value() != 1) v.refuse("pair");
  } else if constexpr (std::is_same_v<T, AuthOk>) {
    v.text("person", m.person, 1, 20);
    v.text("name", m.name, 0, 128);
    v.text("resume", m.resume, 1, 256);
    v.flag("may_publish", m.may_publish);
  } else if constexpr (std::is_same_v<T, Publish>) {
    v.object("source", m.source, [](auto& inner, auto& source) { describe_source(inner, source); });
    v.integer("ask", m.ask, 1, id_max);
    v.text("resume", m.resume, 1, 256);
  } else if constexpr (std::is_same_v<T, PublishOk>) {
    v.integer("stream", m.stream, 1, id_max);
    v.text("resume", m.resume, 1, 256);
  } else if constexpr (std::is_same_v<T, Subscribe>) {
    v.integer("stream", m.stream, 1, id_max);
    v.flag("audio", m.audio);
  } else if constexpr (std::is_same_v<T, SubscribeOk>) {
    v.integer("stream", m.stream, 1, id_max);
    v.object("source", m.source, [](auto& inner, auto& source) { describe_source(inner, source); });
  } else if constexpr (std::is_same_v<T, Unsubscribe> || std::is_same_v<T, Stop>) {
    v.integer("stream", m.stream, 1, id_max);
  } else if constexpr (std::is_same_v<T, Meta>) {
    v.integer("stream", m.stream, 1, id_max);
    v.flag("online", m.online);
    v.object("source", m.source, [](auto& inner, auto& source) { describe_source(inner, source); });
    v.text("publisher", m.publisher, 1, 20);
    v.text("publisher_name", m.publisher_name, 0, 128);
    v.integer("publisher_offset_us", m.publisher_offset_us, -exact_max, exact_max);
    v.object("playback", m.playback, [](auto& inner, auto& playback) { describe_playback(inner, playback); });
  } else if constexpr (std::is_same_v<T, Ask>) {
    v.integer("ask", m.ask, 1, id_max);
    v.text("link", m.link, 1, 2'048);
    v.integer("position_ms", m.position_ms, 0, exact_max);
  } else if constexpr (std::is_same_v<T, Decline>) {
    v.integer("ask", m.ask, 1, id_max);
    v.name("reason", m.reason);
  } else if constexpr (std::is_same_v<T, Ping>) {
    v.integer("t1", m.t1_us, 0, exact_max);
  } else if constexpr (std::is_same_v<T, Pong>) {
    v.integer("t1", m.t1_us, 0, exact_max);
    v.integer("t2", m.t2_us, 0, exact_max);
    v.integer("t3", m.t3_us, 0, exact_max);
  } else if constexpr (std::is_same_v<T, Stats>) {
    v.integer("stream", m.stream, 1, id_max);
    v.integer("received", m.received, 0, exact_max);
    v.integer("shown", m.shown, 0, exact_max);
    v.integer("dropped", m.dropped, 0, exact_max);
    v.integer("latency_us", m.latency_us, -exact_max, exact_max);
  } else if constexpr (std::is_same_v<T, Adapt>) {
    v.integer("stream", m.stream, 1, id_max);
    v.integer("quality", m.quality, 1, 100);
    v.integer("fps", m.fps, 1, limits::frames_per_second_max);
    v.integer("width", m.width, 1, limits::picture_side_max);
  } else if constexpr (std::is_same_v<T, Eos>) {
    v.name("reason", m.reason);
  } else if constexpr (std::is_same_v<T, ErrorMessage>) {
    v.code("code", m.code);
    v.flag("fatal", m.fatal);
    v.text("text", m.text, 0, 1'000);
    v.integer("stream", m.stream, 1, id_max);
  } else {
    static_assert(std::is_same_v<T, EosAck> || std::is_same_v<T, Bye>);
  }
}

// Remembers the first bad field. An optional may be absent or null; everything else must be there, except what a message
// leaves at its default: flags.
class Reader {
 public:
  Reader(const json::object& object, std::string prefix) : object_(object), prefix_(std::move(prefix)) {}
  [[nodiscard]] const std::string& bad() const { return bad_; }

  void refuse(std::string_view key) {
    if (bad_.empty()) bad_ = prefix_ + std::string(key);
  }
  void integer(std::string_view key, std::int64_t& out, std::int64_t min, std::int64_t max) {
    const json::value* value = find(key);
    json::error_code error;
    const auto number = value != nullptr && value->is_number() ? value->to_number<std::int64_t>(error) : 0;
    if (value == nullptr || !value->is_number() || error || number < min || number > max) return refuse(key);
    out = number;
  }
  void number(std::string_view key, double& out, double min, double max) {
    const json::value* value = find(key);
    json::error_code error;
    const double number = value != nullptr && value->is_number() ? value->to_number<double>(error) : 0;
    if (value == nullptr || !value->is_number() || error || !(number >= min && number <= max)) return refuse(key);
    out = number;
  }
  void flag(std::string_view key, bool& out) {
    const json::value* value = find(key);
    if (value == nullptr) return;
    if (!value->is_bool()) return refuse(key);
    out = value->get_bool();
  }
  void text(std::string_view key, std::string& out, std::size_t min, std::size_t max) {
    const json::value* value = find(key);
    if (value == nullptr || !value->is_string()) return refuse(key);
    const std::string_view found = value->get_string();
    const bool printable = std::all_of(found.begin(), found.end(), [](unsigned char c) { return c >= 0x20 && c != 0x7F; });
    if (found.size() < min || found.size() > max || !printable) return refuse(key);
    out = found;
  }
  template <class E>
  void name(std::string_view key, E& out) {
    std::string found;
    text(key, found, 1, 32);
    const auto& names = Names<E>::list;
    const auto at = std::find(names.begin(), names.end(), found);
    if (at == names.end()) return refuse(key);
    out = static_cast<E>(at - names.begin());
  }
  void code(std::string_view key, ErrorCode& out) {
    std::int64_t number = 0;
    integer(key, number, 1, 17);
    out = error_code(number).value_or(ErrorCode::internal);
  }
  template <class T, class F>
  void object(std::string_view key, T& out, F describe_inner) {
    const json::value* value = find(key);
    if (value == nullptr || !value->is_object()) return refuse(key);
    Reader inner(value->get_object(), prefix_ + std::string(key) + ".");
    describe_inner(inner, out);
    if (bad_.empty()) bad_ = inner.bad_;
  }

  void integer(std::string_view key, std::optional<std::int64_t>& out, std::int64_t min, std::int64_t max) {
    if (find(key) != nullptr) integer(key, out.emplace(), min, max);
  }
  void flag(std::string_view key, std::optional<bool>& out) {
    if (find(key) != nullptr) flag(key, out.emplace());
  }
  void text(std::string_view key, std::optional<std::string>& out, std::size_t min, std::size_t max) {
    if (find(key) != nullptr) text(key, out.emplace(), min, max);
  }
  template <class T, class F>
  void object(std::string_view key, std::optional<T>& out, F describe_inner) {
    if (find(key) != nullptr) object(key, out.emplace(), describe_inner);
  }

 private:
  [[nodiscard]] const json::value* find(std::string_view key) const {
    const json::value* value = object_.if_contains(key);
    return value == nullptr || value->is_null() ? nullptr : value;
  }
  const json::object& object_;
  std::string prefix_;
  std::string bad_;
};

class Writer {
 public:
  [[nodiscard]] json::object& result() { return object_; }
  void refuse(std::string_view) {}
  void integer(std::string_view key, std::int64_t value, std::int64_t, std::int64_t) { object_[key] = value; }
  void number(std::string_view key, double value, double, double) { object_[key] = value; }
  void flag(std::string_view key, bool value) { object_[key] = value; }
  void text(std::string_view key, const std::string& value, std::size_t, std::size_t) { object_[key] = value; }
  template <class E>
  void name(std::string_view key, E value) {
    object_[key] = Names<E>::list.at(static_cast<std::size_t>(value));
  }
  void code(std::string_view key, ErrorCode value) { object_[key] = static_cast<std::int64_t>(value); }
  template <class T, class F>
  void object(std::string_view key, const T& value, F describe_inner) {
    Writer inner;
    describe_inner(inner, value);
    object_[key] = std::move(inner.object_);
  }

  void integer(std::string_view key, const std::optional<std::int64_t>& value, std::int64_t min, std::int64_t max) {
    if (value) integer(key, *value, min, max);
  }
  void flag(std::string_view key, const std::optional<bool>& value) {
    if (value) flag(key, *value);
  }
  void text(std::string_view key, const std::optional<std::string>& value, std::size_t min, std::size_t max) {
    if (value) text(key, *value, min, max);
  }
  template <class T, class F>
  void object(std::string_view key, const std::optional<T>& value, F describe_inner) {
    if (value) object(key, *value, describe_inner);
  }

 private:
  json::object object_;
};

// In the order of the variant.
constexpr std::array<Type, std::variant_size_v<Control>> types{
    Type::hello,        Type::welcome,     Type::auth,  Type::auth_ok, Type::publish, Type::publish_ok, Type::subscribe,
    Type::subscribe_ok, Type::unsubscribe, Type::meta,  Type::ask,     Type::decline, Type::stop,       Type::ping,
    Type::pong,         Type::stats,       Type::adapt, Type::eos,     Type::eos_ack, Type::error,      Type::bye};

template <std::size_t... I>
Control empty_of(std::size_t index, std::index_sequence<I...>) {
  Control message;
  static_cast<void>(((I == index ? (message.emplace<I>(), true) : false) || ...));
  return message;
}

}  // namespace

Type type_of(const Control& message) { return types.at(message.index()); }

std::string encode_control(const Control& message) {
  Writer writer;
  std::visit([&](const auto& m) { describe(writer, m); }, message);
  return json::serialize(writer.result());
}

tl::expected<Control, std::string> decode_control(Type type, std::span<const std::byte> payload) {
  const auto at = std::find(types.begin(), types.end(), type);
  if (at == types.end() || payload.size() > limits::control_bytes_max) return tl::unexpected<std::string>("json");
  std::array<unsigned char, 4'096> buffer;
  json::monotonic_resource memory(buffer.data(), buffer.size());
  json::parse_options options;
  options.max_depth = depth_max;
  json::parser parser(&memory, options);
  const std::string_view text = payload.empty() ? "{}" : std::string_view(reinterpret_cast<const char*>(payload.data()), payload.size());
  json::error_code error;
  parser.write(text, error);
  if (error) return tl::unexpected<std::string>("json");
  const json::value value = parser.release();
  if (!value.is_object()) return tl::unexpected<std::string>("json");
  Control message = empty_of(static_cast<std::size_t>(at - types.begin()), std::make_index_sequence<std::variant_size_v<Control>>());
  Reader reader(value.get_object(), {});
  std::visit([&](auto& m) { describe(reader, m); }, message);
  if (!reader.bad().empty()) return tl::unexpected(reader.bad());
  return message;
}

}  // namespace matinee::videoproto
