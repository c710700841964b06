// A connected, non-blocking TCP descriptor with or without TLS (OpenSSL directly on the descriptor), as reads and writes that
// never wait. Owns both; move only. Why not asio::ssl::stream: this one moves to another loop between two operations.
// Thread rule: one thread at a time; it may travel between threads.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

struct ssl_st;
struct ssl_ctx_st;

namespace matinee::videoproto {

class ConnectionSocket {
 public:
  enum class Status : std::uint8_t { done, want_read, want_write, end, failed };
  struct Result {
    Status status = Status::done;
    std::size_t bytes = 0;
  };

  ConnectionSocket() = default;
  // Takes the descriptor over: non-blocking, TCP_NODELAY, at most ~128 KiB unsent in the kernel, so that old frames do not pile up there.
  explicit ConnectionSocket(int fd);
  ConnectionSocket(ConnectionSocket&& other) noexcept;
  ConnectionSocket& operator=(ConnectionSocket&& other) noexcept;
  ~ConnectionSocket();

  // Takes over TLS state made for this descriptor, in accept or connect state.
  void use_tls(ssl_st* ssl);
  // Client side: TLS without certificate authorities, since the peer is known by its fingerprint. False when out of memory.
  [[nodiscard]] bool start_tls_client(ssl_ctx_st* context, const std::string& host);
  [[nodiscard]] Result handshake();
  // SHA-256 of the peer's certificate after the handshake; zeros without one.
  [[nodiscard]] std::array<std::byte, 32> peer_fingerprint() const;

  // Fills `first`, then `second`. At most one system call without TLS.
  [[nodiscard]] Result read(std::span<std::byte> first, std::span<std::byte> second);
  // With TLS, after want_write the same bytes must be offered again.
  [[nodiscard]] Result write(std::span<const std::byte> first, std::span<const std::byte> second);
  void finish_writing();  // half-close
  void close();

  [[nodiscard]] bool secure() const { return ssl_ != nullptr; }
  [[nodiscard]] bool open() const { return fd_ >= 0; }
  [[nodiscard]] int fd() const { return fd_; }

 private:
  [[nodiscard]] Result tls_result(int returned) const;
  int fd_ = -1;
  ssl_st* ssl_ = nullptr;
};

struct TlsClientContextDelete {
  void operator()(ssl_ctx_st* context) const;
};
using TlsClientContext = std::unique_ptr<ssl_ctx_st, TlsClientContextDelete>;
// TLS ≥ 1.2, nothing verified but what the caller compares with peer_fingerprint().
[[nodiscard]] TlsClientContext make_tls_client_context();

}  // namespace matinee::videoproto
