// One HTTP/1.x connection: heads in, Exchanges out, answers in order. Internal to net/.
//
//          first byte            head complete              answer complete            tail sent
//   idle ─────────────▶ head ───────────────────▶ answering ───────────────▶ flushing ───────────▶ idle
//                                                     │   body left unread      ▲
//                                                     └──────▶ skipping ────────┘        any ──▶ closed
//
// Thread rule: its Loop's thread. The connection keeps it alive; an Exchange only knows it weakly.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>

#include "server/net/exchange.h"
#include "server/net/head_check.h"
#include "server/net/http1.h"
#include "server/net/http1_parser.h"

namespace matinee::net {

class Http1Session final : public ByteReader, public std::enable_shared_from_this<Http1Session> {
 public:
  Http1Session(std::shared_ptr<Http1Server::Shared> shared, std::shared_ptr<Connection> connection);
  ~Http1Session() override;

  void start();
  void drain();
  void close_now();

  void on_bytes(std::string_view bytes) override;
  void on_end(ReadEnd why) override;
  void on_overflow() override {}  // its sink has no bound of its own
  void on_drained() override;

  // For the Exchange of the current request, which is known by its number.
  [[nodiscard]] bool serves(std::uint64_t request) const { return phase_ == Phase::answering && current_ == request; }
  [[nodiscard]] bool has_body() const { return parser_.has_body(); }
  [[nodiscard]] std::optional<std::uint64_t> declared_length() const { return parser_.declared_length(); }
  void read_some(Exchange::OnPiece on_piece);
  void send(const ResponseHead& head, SharedBytes body);
  void send(const ResponseHead& head, std::string body);
  void send_file(const ResponseHead& head, int fd, std::uint64_t offset, std::uint64_t length);
  void start_answer(const ResponseHead& head, std::optional<std::uint64_t> length);
  void write(std::string piece, std::function<void(bool)> taken);
  void write(SharedPiece piece, std::function<void(bool)> taken);
  void finish();
  void abandoned(std::uint64_t request);
  [[nodiscard]] std::optional<OpenStream> release_stream();

 private:
  enum class Phase : std::uint8_t { idle, head, answering, skipping, flushing, closed };
  struct FileBody;

  void next_requests();
  [[nodiscard]] bool next_request();
  void refuse(const HeadVerdict& verdict);
  void bound_read_ahead();
  void pump_body();
  void give_piece(BodyError error, std::string_view piece);
  void skip_body();
  void write_head(const ResponseHead& head, std::optional<std::uint64_t> length, bool streamed, std::string_view body_too = {});
  [[nodiscard]] bool may_write(std::size_t bytes);
  void tell_when_taken(std::function<void(bool)> taken);
  void answered();
  void after_answer();
  void step_file();
  void wait_for_file();
  [[nodiscard]] long send_file_piece();
  void close_after_tail();
  void lost();
  void tell_lost();
  void arm(std::chrono::milliseconds within);
  void disarm() { deadline_ms_ = 0; }
  void on_deadline();

  std::shared_ptr<Http1Server::Shared> shared_;  // the server may go first
  std::shared_ptr<Connection> connection_;       // a cycle, broken when the connection closes
  Http1Parser parser_;
  std::string in_;  // read, not yet consumed
  std::uint64_t requests_ = 0;
  std::uint64_t current_ = 0;  // 0 = none
  Exchange::OnPiece on_piece_;
  std::function<void(bool)> taken_;
  std::unique_ptr<FileBody> file_;
  Timer timer_;
  std::int64_t deadline_ms_ = 0;  // 0 = nothing is due
  std::int64_t timer_due_ms_ = 0;
  std::uint64_t skipped_bytes_ = 0;
  std::optional<std::uint64_t> length_left_;  // of an announced length, while the answer streams
  std::size_t tail_at_arming_ = 0;
  Phase phase_ = Phase::idle;
  int version_minor_ = 1;
  bool keep_alive_ = true;
  bool head_only_ = false;
  bool bodyless_ = false;  // what the handler writes is not sent (HEAD, 304)
  bool chunked_ = false;
  bool head_sent_ = false;
  bool expects_continue_ = false;
  bool peer_ended_ = false;
  bool paused_ = false;
  bool in_requests_ = false;
};

struct Http1Server::Shared {
  Loop& loop;
  std::shared_ptr<HttpHandler> handler;
  HttpLimits limits;
  std::unordered_set<Http1Session*> sessions = {};
  bool draining = false;
};

}  // namespace matinee::net
