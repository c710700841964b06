#include "server/net/http1_file.h"

#include <sys/sendfile.h>

#include <algorithm>
#include <cerrno>

namespace matinee::net {

void Http1Session::send_file(const ResponseHead& head, int fd, std::uint64_t offset, std::uint64_t length) {
  auto file = std::make_unique<FileBody>(fd, offset, length);
  if (head_sent_) return;
  write_head(head, length, false);
  if (bodyless_ || length == 0) return answered();
  file_ = std::move(file);
  current_ = 0;  // the answer is given: nobody needs to hold the Exchange until the last byte is out
  step_file();
}

// Returns bytes sent, 0 when the socket is full, -1 when file or peer fail.
long Http1Session::send_file_piece() {
  constexpr std::uint64_t piece_bytes = 512 * 1024;
  if (!connection_->secure()) {
    auto offset = static_cast<off_t>(file_->offset);
    const auto size = static_cast<std::size_t>(std::min(file_->left, piece_bytes));
    const ssize_t n = ::sendfile(connection_->sink().fd(), file_->fd, &offset, size);
    if (n > 0) return n;
    return n < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -1;  // 0: the file has become shorter
  }
  const auto scratch = connection_->loop().scratch();
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(file_->left, scratch.size()));
  const ssize_t n = ::pread(file_->fd, scratch.data(), size, static_cast<off_t>(file_->offset));
  if (n <= 0) return -1;
  connection_->sink().write(std::string_view(scratch.data(), static_cast<std::size_t>(n)));
  return n;
}

void Http1Session::step_file() {
  constexpr std::uint64_t bytes_per_turn = 2 * 1024 * 1024;  // then the others on this Loop have their turn
  std::uint64_t sent = 0;
  while (file_->left > 0) {
    if (connection_->sink().failed()) return lost();
    if (connection_->sink().tail_bytes() > 0) return arm(shared_->limits.write_progress_max);  // on_drained() goes on
    if (sent >= bytes_per_turn) return wait_for_file();
    const long n = send_file_piece();
    if (n < 0) return lost();
    if (n == 0) return wait_for_file();
    file_->offset += static_cast<std::uint64_t>(n);
    file_->left -= static_cast<std::uint64_t>(n);
    sent += static_cast<std::uint64_t>(n);
  }
  disarm();
  file_.reset();
  answered();
}

void Http1Session::wait_for_file() {
  arm(shared_->limits.write_progress_max);
  connection_->when_writable([weak = weak_from_this()] {
    const auto alive = weak.lock();
    if (alive && alive->file_) alive->step_file();
  });
}

}  // namespace matinee::net
