// One HTTP request and its answer, independent of the protocol version underneath (HTTP/1.1 now, HTTP/2 the same way).
// A session makes one Exchange per request and gives it to the HttpHandler, which keeps it as long as it needs. Everything is
// safe when the peer is gone: writes are ignored, pending callbacks are told so. Dropped unanswered it becomes a 500.
// Thread rule: on loop()'s thread. A handler that works elsewhere comes back with loop().post(...).
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/net/connection.h"

namespace matinee::net {

struct HeaderField {
  std::string name;  // lower-case in requests
  std::string value;
};

struct RequestHead {
  std::string method;
  std::string target;  // as sent: percent-encoded path and query
  std::string host;    // as sent, with port if any
  int version_minor = 1;
  bool secure = false;
  std::string remote_address;
  std::vector<HeaderField> fields;

  // The first field of this (lower-case) name, or empty.
  [[nodiscard]] std::string_view field(std::string_view lower_name) const;
  [[nodiscard]] std::size_t count(std::string_view lower_name) const;
};

struct ResponseHead {
  int status = 200;
  std::vector<HeaderField> fields;  // without content-length, transfer-encoding, connection, date: the session adds them
};

// Bytes that several answers share (static files); null = no body.
using SharedBytes = SharedFrame;

// A piece of a streamed answer whose middle many answers share: `before`, the bytes of `shared` from `from` on, `after`.
struct SharedPiece {
  std::string before;
  SharedBytes shared;
  std::size_t from = 0;
  std::string after;
};

enum class BodyError : std::uint8_t { none, too_large, malformed, timeout, gone };

// What a WebSocket needs of its opening request: the open stream and the checked key. Move only.
struct UpgradeRequest {
  RequestHead head;
  std::string key;          // Sec-WebSocket-Key, 24 characters of base64
  std::string subprotocol;  // the one we chose, or empty
  OpenStream stream;        // its already_read holds what came after the head
};

class Exchange {
 public:
  virtual ~Exchange() = default;
  [[nodiscard]] virtual const RequestHead& head() const = 0;
  [[nodiscard]] virtual Loop& loop() = 0;
  // False once the peer is gone or the answer is complete.
  [[nodiscard]] virtual bool open() const = 0;

  // The request's body. Absent length with has_body(): chunked.
  [[nodiscard]] virtual bool has_body() const = 0;
  [[nodiscard]] virtual std::optional<std::uint64_t> declared_length() const = 0;
  // The next piece; an empty view without error is the end. One at a time; never called back inline.
  using OnPiece = std::function<void(BodyError error, std::string_view piece)>;
  virtual void read_some(OnPiece on_piece) = 0;

  // The answer: either one of the first three, or start(), write()…, finish().
  virtual void send(ResponseHead head, std::string body) = 0;
  virtual void send(ResponseHead head, SharedBytes body) = 0;
  // Takes over `fd` and closes it. The caller has checked that [offset, offset + length) lies in the file.
  virtual void send_file(ResponseHead head, int fd, std::uint64_t offset, std::uint64_t length) = 0;
  virtual void start(ResponseHead head, std::optional<std::uint64_t> length) = 0;
  // `taken(true)` when the next piece may come, `taken(false)` when the peer is gone. Never called back inline.
  virtual void write(std::string piece, std::function<void(bool ok)> taken) = 0;
  virtual void write(SharedPiece piece, std::function<void(bool ok)> taken) = 0;
  virtual void finish() = 0;
  // Aborts: the connection is closed so that the peer can tell a broken answer from a complete one.
  virtual void abort() = 0;

  // WebSocket: the stream leaves the session for good. Empty where that is impossible (HTTP/2, a body, the peer gone).
  [[nodiscard]] virtual std::optional<OpenStream> release_stream() = 0;
};

class HttpHandler {
 public:
  virtual ~HttpHandler() = default;
  virtual void on_request(std::shared_ptr<Exchange> exchange) = 0;
};

}  // namespace matinee::net
