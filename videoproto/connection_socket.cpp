#include "videoproto/connection_socket.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <utility>

namespace matinee::videoproto {
namespace {

constexpr int unsent_bytes_max = 128 * 1024;

int int_size(std::size_t size) { return static_cast<int>(std::min<std::size_t>(size, std::numeric_limits<int>::max())); }

ConnectionSocket::Result from_errno(ConnectionSocket::Status wait) {
  if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return {wait, 0};
  return {ConnectionSocket::Status::failed, 0};
}

}  // namespace

ConnectionSocket::ConnectionSocket(int fd) : fd_(fd) {
  const int on = 1;
  ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  ::setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent_bytes_max, sizeof unsent_bytes_max);
}
ConnectionSocket::ConnectionSocket(ConnectionSocket&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), ssl_(std::exchange(other.ssl_, nullptr)) {}
ConnectionSocket& ConnectionSocket::operator=(ConnectionSocket&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(ssl_, other.ssl_);
  return *this;
}
ConnectionSocket::~ConnectionSocket() { close(); }

void ConnectionSocket::use_tls(ssl_st* ssl) { ssl_ = ssl; }

bool ConnectionSocket::start_tls_client(ssl_ctx_st* context, const std::string& host) {
  ssl_ = ::SSL_new(context);
  if (ssl_ == nullptr || ::SSL_set_fd(ssl_, fd_) != 1) return false;
  ::SSL_set_connect_state(ssl_);
  // Only the name for the server's choice of certificate; addresses are not allowed there.
  const bool name = std::any_of(host.begin(), host.end(), [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); });
  // What the macro SSL_set_tlsext_host_name does, without its C cast.
  if (name && host.find(':') == std::string::npos) {
    ::SSL_ctrl(ssl_, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, const_cast<char*>(host.c_str()));
  }
  return true;
}

ConnectionSocket::Result ConnectionSocket::tls_result(int returned) const {
  switch (::SSL_get_error(ssl_, returned)) {
    case SSL_ERROR_NONE: return {Status::done, 0};
    case SSL_ERROR_WANT_READ: return {Status::want_read, 0};
    case SSL_ERROR_WANT_WRITE: return {Status::want_write, 0};
    case SSL_ERROR_ZERO_RETURN: return {Status::end, 0};
    default: return {Status::failed, 0};
  }
}

ConnectionSocket::Result ConnectionSocket::handshake() {
  if (ssl_ == nullptr) return {Status::done, 0};
  ::ERR_clear_error();
  return tls_result(::SSL_do_handshake(ssl_));
}

std::array<std::byte, 32> ConnectionSocket::peer_fingerprint() const {
  std::array<std::byte, 32> digest{};
  X509* certificate = ssl_ != nullptr ? ::SSL_get1_peer_certificate(ssl_) : nullptr;
  if (certificate == nullptr) return digest;
  unsigned size = 0;
  ::X509_digest(certificate, ::EVP_sha256(), reinterpret_cast<unsigned char*>(digest.data()), &size);
  ::X509_free(certificate);
  return digest;
}

ConnectionSocket::Result ConnectionSocket::read(std::span<std::byte> first, std::span<std::byte> second) {
  if (fd_ < 0) return {Status::failed, 0};
  if (ssl_ != nullptr) {
    const std::span<std::byte> into = first.empty() ? second : first;
    ::ERR_clear_error();
    const int got = ::SSL_read(ssl_, into.data(), int_size(into.size()));
    return got > 0 ? Result{Status::done, static_cast<std::size_t>(got)} : tls_result(got);
  }
  std::array<iovec, 2> parts{{{first.data(), first.size()}, {second.data(), second.size()}}};
  const ssize_t got = ::readv(fd_, parts.data(), 2);
  if (got > 0) return {Status::done, static_cast<std::size_t>(got)};
  return got == 0 ? Result{Status::end, 0} : from_errno(Status::want_read);
}

ConnectionSocket::Result ConnectionSocket::write(std::span<const std::byte> first, std::span<const std::byte> second) {
  if (fd_ < 0) return {Status::failed, 0};
  if (ssl_ != nullptr) {
    const std::span<const std::byte> from = first.empty() ? second : first;
    ::ERR_clear_error();
    const int put = ::SSL_write(ssl_, from.data(), int_size(from.size()));
    return put > 0 ? Result{Status::done, static_cast<std::size_t>(put)} : tls_result(put);
  }
  std::array<iovec, 2> parts{
      {{const_cast<std::byte*>(first.data()), first.size()}, {const_cast<std::byte*>(second.data()), second.size()}}};
  msghdr message{};
  message.msg_iov = parts.data();
  message.msg_iovlen = 2;
  const ssize_t put = ::sendmsg(fd_, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
  return put >= 0 ? Result{Status::done, static_cast<std::size_t>(put)} : from_errno(Status::want_write);
}

void ConnectionSocket::finish_writing() {
  if (fd_ < 0) return;
  if (ssl_ != nullptr && ::SSL_is_init_finished(ssl_) != 0) {
    ::ERR_clear_error();
    ::SSL_shutdown(ssl_);
  }
  ::shutdown(fd_, SHUT_WR);
}

void ConnectionSocket::close() {
  if (ssl_ != nullptr) ::SSL_free(std::exchange(ssl_, nullptr));
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

void TlsClientContextDelete::operator()(ssl_ctx_st* context) const { ::SSL_CTX_free(context); }

TlsClientContext make_tls_client_context() {
  TlsClientContext context(::SSL_CTX_new(::TLS_client_method()));
  if (!context) return nullptr;
  ::SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  ::SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  ::SSL_CTX_set_verify(context.get(), SSL_VERIFY_NONE, nullptr);
  return context;
}

}  // namespace matinee::videoproto
