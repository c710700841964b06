#include "videoproto/session.h"

#include <algorithm>

namespace matinee::videoproto {
namespace {

// May this type ever travel to `receiver` on an open connection?
bool fits_open(Role receiver, Type type) {
  const bool relay = receiver == Role::relay;
  switch (type) {
    case Type::hello:
    case Type::welcome:
    case Type::auth:
    case Type::auth_ok: return false;
    case Type::publish:
    case Type::subscribe:
    case Type::unsubscribe:
    case Type::decline: return relay;
    case Type::publish_ok:
    case Type::subscribe_ok:
    case Type::ask:
    case Type::stop:
    case Type::adapt: return !relay;
    case Type::meta:
    case Type::frame:
    case Type::audio:
    case Type::ping:
    case Type::pong:
    case Type::stats:
    case Type::eos:
    case Type::eos_ack:
    case Type::error:
    case Type::bye: return true;
  }
  return false;
}

bool ends(Type type) { return type == Type::bye || type == Type::error; }

Verdict refuse_early(Role receiver, Type type) {
  return Verdict::refuse(receiver == Role::relay && fits_open(receiver, type) ? ErrorCode::auth_required : ErrorCode::wrong_state);
}

}  // namespace

std::string_view name_of(State state) {
  switch (state) {
    case State::hello: return "hello";
    case State::auth: return "auth";
    case State::checking: return "checking";
    case State::open: return "open";
    case State::closing: return "closing";
  }
  return "?";
}

Verdict may_receive(Role receiver, State state, Type type) {
  const bool relay = receiver == Role::relay;
  switch (state) {
    case State::hello:
      if (type == (relay ? Type::hello : Type::welcome) || ends(type)) return Verdict::take();
      return refuse_early(receiver, type);
    case State::auth:
      if ((relay && type == Type::auth) || ends(type)) return Verdict::take();
      return refuse_early(receiver, type);
    case State::checking:
      if ((!relay && type == Type::auth_ok) || ends(type)) return Verdict::take();
      return refuse_early(receiver, type);
    case State::open: return fits_open(receiver, type) ? Verdict::take() : Verdict::refuse(ErrorCode::wrong_state);
    case State::closing: return Verdict::skip();
  }
  return Verdict::refuse(ErrorCode::internal);
}

std::optional<std::uint8_t> choose_version(VersionRange ours, VersionRange theirs) {
  const std::uint8_t highest = std::min(ours.max, theirs.max);
  if (highest < std::max(ours.min, theirs.min)) return std::nullopt;
  return highest;
}

Session::Session(Role role, std::int64_t now_us) : role_(role), began_us_(now_us), heard_us_(now_us) {}

Verdict Session::on_header(const Header& header, std::int64_t now_us) {
  const Verdict verdict = judge(header, now_us);
  if (verdict.kind == Verdict::Kind::refuse) state_ = State::closing;
  return verdict;
}

Verdict Session::judge(const Header& header, std::int64_t now_us) {
  const Verdict verdict = may_receive(role_, state_, header.type);
  if (verdict.kind != Verdict::Kind::take) return verdict;
  if (before_auth() && role_ == Role::relay) {
    before_auth_bytes_ += limits::header_bytes + header.payload_bytes;
    if (before_auth_bytes_ > limits::before_auth_bytes_max) return Verdict::refuse(ErrorCode::too_large);
  }
  return carries_stream(header.type) ? judge_media(header, now_us) : verdict;
}

// What is on its way when its stream ends or is given up arrives late without anybody's fault: it is skipped. The relay tells
// the publisher, so that a client which has lost count stops; a viewer has nobody to tell.
Verdict Session::judge_media(const Header& header, std::int64_t now_us) {
  if (header.type == Type::eos_ack) return find(header.stream, false) != nullptr ? Verdict::take() : Verdict::skip();
  Stream* stream = find(header.stream, true);
  if (stream == nullptr)
    return role_ == Role::relay && header.type != Type::eos ? Verdict::skip(ErrorCode::no_such_stream) : Verdict::skip();
  if (header.type != Type::frame) return Verdict::take();
  const bool in_rate = stream->frames.take(now_us, 1, {limits::frames_per_second_max, limits::frames_burst});
  return in_rate ? Verdict::take() : Verdict::refuse(ErrorCode::rate);
}

void Session::on_payload(std::size_t bytes, std::int64_t now_us) {
  progress_bytes_ += bytes;
  if (progress_bytes_ < limits::progress_bytes) return;
  progress_bytes_ = 0;
  heard_us_ = now_us;
}

void Session::on_message(Type type, std::int64_t now_us) {
  heard_us_ = now_us;
  progress_bytes_ = 0;
  if (type == Type::bye) state_ = State::closing;
  switch (state_) {
    case State::hello:
      if (role_ == Role::client && type == Type::welcome) state_ = State::auth;
      break;
    case State::auth:
      if (role_ == Role::relay && type == Type::auth) state_ = State::checking;
      break;
    case State::checking:
      if (role_ == Role::client && type == Type::auth_ok) state_ = State::open;
      break;
    case State::open:
    case State::closing: break;
  }
}

bool Session::on_send(Type type) {
  const bool relay = role_ == Role::relay;
  if (state_ == State::closing) return ends(type);
  if (type == Type::bye) {
    state_ = State::closing;
    return true;
  }
  if (type == Type::error) return true;
  switch (state_) {
    case State::hello:
      if (type != (relay ? Type::welcome : Type::hello)) return false;
      if (relay) state_ = State::auth;
      return true;
    case State::auth:
      if (relay || type != Type::auth) return false;
      state_ = State::checking;
      return true;
    case State::checking:
      if (!relay || type != Type::auth_ok) return false;
      state_ = State::open;
      return true;
    case State::open: return fits_open(relay ? Role::client : Role::relay, type);
    case State::closing: return false;
  }
  return false;
}

Session::Stream* Session::find(std::uint32_t id, bool incoming) {
  const auto at = std::find_if(streams_.begin(), streams_.end(), [&](const Stream& s) { return s.id == id && s.incoming == incoming; });
  return id == 0 || at == streams_.end() ? nullptr : &*at;
}

std::optional<ErrorCode> Session::add(std::uint32_t id, bool incoming) {
  if (id == 0 || find(id, incoming) != nullptr) return ErrorCode::wrong_state;
  const auto free = std::find_if(streams_.begin(), streams_.end(), [](const Stream& s) { return s.id == 0; });
  if (free == streams_.end()) return ErrorCode::quota;
  *free = Stream{id, incoming, {}};
  return std::nullopt;
}

std::optional<ErrorCode> Session::open_stream(std::uint32_t stream) { return add(stream, true); }
std::optional<ErrorCode> Session::open_outgoing_stream(std::uint32_t stream) { return add(stream, false); }
void Session::close_stream(std::uint32_t stream) {
  if (Stream* found = find(stream, true)) *found = {};
}
void Session::close_outgoing_stream(std::uint32_t stream) {
  if (Stream* found = find(stream, false)) *found = {};
}

std::size_t Session::streams() const {
  return static_cast<std::size_t>(std::count_if(streams_.begin(), streams_.end(), [](const Stream& s) { return s.id != 0; }));
}

std::optional<ErrorCode> Session::on_time(std::int64_t now_us) {
  const auto deadline = deadline_us();
  if (!deadline || now_us < *deadline) return std::nullopt;
  const bool silent = now_us >= heard_us_ + limits::silence_us_max || !before_auth();
  state_ = State::closing;
  return silent ? ErrorCode::idle : ErrorCode::auth_required;
}

std::optional<std::int64_t> Session::deadline_us() const {
  if (state_ == State::closing) return std::nullopt;
  const std::int64_t silence = heard_us_ + limits::silence_us_max;
  return before_auth() && role_ == Role::relay ? std::min(silence, began_us_ + limits::before_auth_us_max) : silence;
}

}  // namespace matinee::videoproto
