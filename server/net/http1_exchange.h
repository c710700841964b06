// The Exchange of one HTTP/1.x request. Internal to net/. It may be dropped on any thread; everything else on its Loop's.
#pragma once
#include <memory>

#include "server/net/http1_session.h"

namespace matinee::net {

class Http1Exchange final : public Exchange {
 public:
  Http1Exchange(Loop& loop, std::weak_ptr<Http1Session> session, std::uint64_t request, RequestHead head)
      : loop_(loop), session_(std::move(session)), request_(request), head_(std::move(head)) {}
  ~Http1Exchange() override;

  [[nodiscard]] const RequestHead& head() const override { return head_; }
  [[nodiscard]] Loop& loop() override { return loop_; }
  [[nodiscard]] bool open() const override { return session() != nullptr; }
  [[nodiscard]] bool has_body() const override;
  [[nodiscard]] std::optional<std::uint64_t> declared_length() const override;
  void read_some(OnPiece on_piece) override;
  void send(ResponseHead head, std::string body) override;
  void send(ResponseHead head, SharedBytes body) override;
  void send_file(ResponseHead head, int fd, std::uint64_t offset, std::uint64_t length) override;
  void start(ResponseHead head, std::optional<std::uint64_t> length) override;
  void write(std::string piece, std::function<void(bool ok)> taken) override;
  void write(SharedPiece piece, std::function<void(bool ok)> taken) override;
  void finish() override;
  void abort() override;
  [[nodiscard]] std::optional<OpenStream> release_stream() override;

 private:
  // Null once the answer is complete or the peer is gone.
  [[nodiscard]] std::shared_ptr<Http1Session> session() const;
  Loop& loop_;
  std::weak_ptr<Http1Session> session_;
  std::uint64_t request_;  // the session's number for it
  RequestHead head_;
};

}  // namespace matinee::net
