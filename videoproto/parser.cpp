#include "videoproto/parser.h"

#include <algorithm>

namespace matinee::videoproto {

std::span<std::byte> Parser::space() {
  switch (state_) {
    case State::header: return std::span(header_bytes_).subspan(have_);
    case State::payload: return space_;
    case State::skipping:
    case State::stopped: return {};
  }
  return {};
}

std::optional<ErrorCode> Parser::advance(std::size_t bytes) {
  switch (state_) {
    case State::header:
      have_ += bytes;
      // Somebody who speaks another protocol learns it from his first bytes, not after five silent seconds.
      if (!may_be_magic(std::span(header_bytes_).first(have_))) stop(ErrorCode::magic);
      else if (have_ == limits::header_bytes) finish_header();
      break;
    case State::payload:
      have_ += bytes;
      space_ = space_.subspan(bytes);
      if (have_ == header_.payload_bytes) finish_payload();
      else if (space_.empty()) want_space();
      break;
    case State::skipping:
      have_ += bytes;
      if (have_ == header_.payload_bytes) finish_payload();
      break;
    case State::stopped: break;
  }
  return error_;
}

std::optional<ErrorCode> Parser::feed(std::span<const std::byte> bytes) {
  while (!bytes.empty() && state_ != State::stopped) bytes = bytes.subspan(feed_message(bytes));
  return error_;
}

std::size_t Parser::feed_message(std::span<const std::byte> bytes) {
  std::size_t used = 0;
  while (used < bytes.size() && state_ != State::stopped) {
    std::size_t now = bytes.size() - used;
    if (state_ == State::skipping) {
      now = std::min(now, header_.payload_bytes - have_);
    } else {
      const std::span<std::byte> wanted = space();
      now = std::min(now, wanted.size());
      std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(used), now, wanted.begin());
    }
    used += now;
    static_cast<void>(advance(now));
    if (at_boundary()) break;
  }
  return used;
}

void Parser::stop(ErrorCode why) {
  state_ = State::stopped;
  error_ = why;
  space_ = {};
}

void Parser::finish_header() {
  const auto header = decode_header(header_bytes_, limits_);
  if (!header) return stop(header.error());
  header_ = *header;
  have_ = 0;
  starved_ = false;
  const Verdict verdict = sink_.on_header(header_);
  switch (verdict.kind) {
    case Verdict::Kind::refuse: return stop(verdict.error);
    case Verdict::Kind::skip: state_ = State::skipping; break;
    case Verdict::Kind::take: state_ = State::payload; break;
  }
  if (header_.payload_bytes == 0) return finish_payload();
  if (state_ == State::payload) want_space();
}

void Parser::want_space() {
  const std::size_t missing = header_.payload_bytes - have_;
  const std::span<std::byte> given = sink_.on_space(header_, have_, missing);
  space_ = given.first(std::min(given.size(), missing));
  if (!space_.empty()) return;
  state_ = State::skipping;
  starved_ = true;
}

void Parser::finish_payload() {
  const bool taken = state_ == State::payload;
  state_ = State::header;
  have_ = 0;
  space_ = {};
  if (!taken) {
    if (starved_) sink_.on_skipped(header_);
    return;
  }
  if (const auto error = sink_.on_message(header_)) stop(*error);
}

}  // namespace matinee::videoproto
