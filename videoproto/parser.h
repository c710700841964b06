// Push parser: bytes in any portions → checked headers and complete payloads. It owns 32 bytes and no payload memory: after a
// header passed it asks its sink for space, so a declared length alone never costs anything, and a frame is read straight
// into the pool slot where every viewer will find it.
// Thread rule: pure; one thread at a time. A sink must not destroy the parser from inside a call.
#pragma once
#include <cstddef>
#include <optional>
#include <span>

#include "videoproto/errors.h"
#include "videoproto/header.h"

namespace matinee::videoproto {

// What is to happen with a message whose header passed.
struct Verdict {
  enum class Kind : std::uint8_t { take, skip, refuse };
  Kind kind = Kind::take;
  ErrorCode error = ErrorCode::internal;  // refuse: why. skip: what to tell the peer, when told is set
  bool told = false;

  [[nodiscard]] static Verdict take() { return {}; }
  [[nodiscard]] static Verdict skip() { return {Kind::skip, ErrorCode::internal, false}; }
  [[nodiscard]] static Verdict skip(ErrorCode tell) { return {Kind::skip, tell, true}; }
  [[nodiscard]] static Verdict refuse(ErrorCode why) { return {Kind::refuse, why, true}; }
  bool operator==(const Verdict&) const = default;
};

class ParserSink {
 public:
  virtual ~ParserSink() = default;
  // The header is well-formed and its length within bounds. Skipped payloads are read and thrown away.
  [[nodiscard]] virtual Verdict on_header(const Header& header) = 0;
  // Space for the payload's next bytes, at most `missing` of them are used; `have` bytes came already. It stays valid until
  // the next call. Empty = no memory: the rest of the payload is skipped and on_skipped follows.
  [[nodiscard]] virtual std::span<std::byte> on_space(const Header& header, std::size_t have, std::size_t missing) = 0;
  // The payload is complete in the memory that on_space gave. An error stops the parser.
  [[nodiscard]] virtual std::optional<ErrorCode> on_message(const Header& header) = 0;
  // A payload that was skipped for want of memory is over.
  virtual void on_skipped(const Header&) {}
};

class Parser {
 public:
  explicit Parser(ParserSink& sink, HeaderLimits limits = {}) : sink_(sink), limits_(limits) {}

  // Where the next bytes are wanted, to be followed by advance(). Empty while a payload is skipped and after an error: read
  // into any buffer then, and feed() it.
  [[nodiscard]] std::span<std::byte> space();
  // `bytes` bytes were read into space(). An error is final: it is answered again for everything that follows.
  [[nodiscard]] std::optional<ErrorCode> advance(std::size_t bytes);
  // Copies. Use it for bytes that are in a buffer already.
  [[nodiscard]] std::optional<ErrorCode> feed(std::span<const std::byte> bytes);
  // Likewise, but stops behind the first message that is complete; answers how many bytes were used. For who must be able
  // to hand the connection on after a certain message.
  [[nodiscard]] std::size_t feed_message(std::span<const std::byte> bytes);

  [[nodiscard]] std::optional<ErrorCode> error() const { return error_; }
  // True between messages: the peer may end here without having cut anything short.
  [[nodiscard]] bool at_boundary() const { return state_ == State::header && have_ == 0; }

 private:
  enum class State : std::uint8_t { header, payload, skipping, stopped };
  void stop(ErrorCode why);
  void finish_header();
  void finish_payload();
  void want_space();

  ParserSink& sink_;
  HeaderLimits limits_;
  State state_ = State::header;
  bool starved_ = false;        // skipping because the sink had no memory
  std::size_t have_ = 0;        // bytes of the header or payload that came
  std::span<std::byte> space_;  // the rest of what on_space gave
  HeaderBytes header_bytes_{};
  Header header_;
  std::optional<ErrorCode> error_;
};

}  // namespace matinee::videoproto
