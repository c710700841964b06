// A small blocking client for tests against real sockets, plain or TLS: it sends exactly the bytes it is given and reads what
// comes, HTTP answers and WebSocket frames included. Everything gives up (throws) after 10 s instead of hanging.
#pragma once
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>

namespace matinee::test {

struct RawResponse {
  int status = 0;
  std::string head;
  std::map<std::string, std::string> headers;  // lower-case names; the last of several
  std::string body;
};

struct RawFrame {
  bool fin = true;
  int rsv = 0;
  int opcode = 1;
  bool masked = true;
  std::string payload;

  static RawFrame text(std::string_view payload) { return {true, 0, 1, true, std::string(payload)}; }
  [[nodiscard]] std::uint16_t close_code() const {
    return payload.size() < 2
               ? std::uint16_t{1005}
               : static_cast<std::uint16_t>(static_cast<unsigned char>(payload[0]) * 256 + static_cast<unsigned char>(payload[1]));
  }
  [[nodiscard]] std::string bytes() const {
    std::string out;
    out.push_back(static_cast<char>((fin ? 0x80 : 0) | rsv << 4 | opcode));
    const std::size_t size = payload.size();
    const int mask_bit = masked ? 0x80 : 0;
    const int length_bytes = size < 126 ? 0 : size < 65536 ? 2 : 8;
    out.push_back(static_cast<char>(mask_bit | (length_bytes == 0 ? static_cast<int>(size) : length_bytes == 2 ? 126 : 127)));
    for (int i = length_bytes - 1; i >= 0; --i) out.push_back(static_cast<char>(size >> (8 * i)));
    constexpr std::string_view key = "\x12\x34\x56\x78";
    if (masked) out.append(key);
    for (std::size_t i = 0; i < size; ++i) out.push_back(masked ? static_cast<char>(payload[i] ^ key[i % 4]) : payload[i]);
    return out;
  }
};

class RawClient {
 public:
  enum class Transport { plain, tls };

  explicit RawClient(std::uint16_t port, Transport transport = Transport::plain, int receive_buffer_bytes = 0) {
    fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (receive_buffer_bytes > 0) ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes, sizeof receive_buffer_bytes);
    const timeval patience{10, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    const int on = 1;
    ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) fail("connect");
    if (transport == Transport::tls) start_tls();
  }
  ~RawClient() {
    if (ssl_) ::SSL_free(ssl_);
    if (context_) ::SSL_CTX_free(context_);
    if (fd_ >= 0) ::close(fd_);
  }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto n =
          ssl_ ? ::SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size())) : ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n <= 0) fail("send");
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
  }
  void half_close() { ::shutdown(fd_, SHUT_WR); }
  // The peer sees a reset.
  void reset() {
    const linger hard{1, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    ::close(fd_);
    fd_ = -1;
  }

  std::string read_exactly(std::size_t size) {
    while (in_.size() < size)
      if (!more()) fail("the connection ended early");
    return take(size);
  }
  std::string read_until(std::string_view end) {
    std::size_t at;
    while ((at = in_.find(end)) == in_.npos)
      if (!more()) fail("the connection ended early");
    return take(at + end.size());
  }
  std::string read_to_end() {
    while (more()) {}
    return take(in_.size());
  }
  // True when the peer ends the stream (or resets it) without another byte.
  bool ends() { return in_.empty() && !more(); }

  RawResponse read_response(bool head_only = false) {
    RawResponse response;
    response.head = read_until("\r\n\r\n");
    response.status = std::atoi(response.head.c_str() + 9);
    parse_fields(response);
    if (head_only || response.status == 304 || response.status == 204 || response.status < 200) return response;
    if (response.headers.count("transfer-encoding")) response.body = read_chunked();
    else if (response.headers.count("content-length")) response.body = read_exactly(std::stoul(response.headers["content-length"]));
    else response.body = read_to_end();
    return response;
  }
  RawResponse get(std::string_view target, std::string_view more_fields = {}) {
    send("GET " + std::string(target) + " HTTP/1.1\r\nHost: test\r\n" + std::string(more_fields) + "\r\n");
    return read_response();
  }

  void send_frame(const RawFrame& frame) { send(frame.bytes()); }
  RawFrame read_frame() {
    RawFrame frame;
    const std::string head = read_exactly(2);
    frame.fin = (head[0] & 0x80) != 0;
    frame.rsv = head[0] >> 4 & 7;
    frame.opcode = head[0] & 15;
    frame.masked = (head[1] & 0x80) != 0;
    std::size_t size = static_cast<std::size_t>(head[1] & 0x7F);
    if (size >= 126) {
      const std::string length = read_exactly(size == 126 ? 2 : 8);
      size = 0;
      for (const char c : length) size = size << 8 | static_cast<unsigned char>(c);
    }
    frame.payload = read_exactly(size);
    return frame;
  }
  [[nodiscard]] int fd() const { return fd_; }
  [[nodiscard]] const SSL* ssl() const { return ssl_; }

 private:
  [[noreturn]] static void fail(const char* what) { throw std::runtime_error(what); }

  void start_tls() {
    context_ = ::SSL_CTX_new(::TLS_client_method());
    constexpr unsigned char alpn[] = {2, 'h', '2', 8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
    ::SSL_CTX_set_alpn_protos(context_, alpn, sizeof alpn);
    ssl_ = ::SSL_new(context_);
    ::SSL_set_fd(ssl_, fd_);
    if (::SSL_connect(ssl_) != 1) fail("TLS handshake");
  }
  std::string take(std::size_t size) {
    std::string out = in_.substr(0, size);
    in_.erase(0, size);
    return out;
  }
  bool more() {
    char buffer[16384];
    errno = 0;
    const auto n = ssl_ ? ::SSL_read(ssl_, buffer, sizeof buffer) : ::recv(fd_, buffer, sizeof buffer, 0);
    if (n > 0) in_.append(buffer, static_cast<std::size_t>(n));
    else if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) fail("nothing came for 10 s");
    return n > 0;
  }
  void parse_fields(RawResponse& response) {
    std::size_t at = response.head.find("\r\n") + 2;
    while (at + 2 < response.head.size()) {
      const std::size_t end = response.head.find("\r\n", at);
      const std::string line = response.head.substr(at, end - at);
      const std::size_t colon = line.find(": ");
      std::string name = line.substr(0, colon);
      std::transform(name.begin(), name.end(), name.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
      response.headers[name] = line.substr(colon + 2);
      at = end + 2;
    }
  }
  std::string read_chunked() {
    std::string body;
    while (true) {
      const std::size_t size = std::stoul(read_until("\r\n"), nullptr, 16);
      body += read_exactly(size);
      read_until("\r\n");
      if (size == 0) return body;
    }
  }

  int fd_ = -1;
  SSL_CTX* context_ = nullptr;
  SSL* ssl_ = nullptr;
  std::string in_;
};

inline constexpr std::string_view websocket_handshake =
    "GET /socket HTTP/1.1\r\nHost: test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: matinee.v1\r\n";

}  // namespace matinee::test
