// SmallSite: somebody else's web site for tests, on every loopback address and a free port. It answers exactly the bytes a test gives for
// a path and then closes; a path without an answer is left hanging until the site ends. Keeps which address each request came in on.
#pragma once
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace matinee::test {

struct SiteRequest {
  std::string path;
  std::string head;
  std::string arrived_at;  // our address that was connected to
};

class SmallSite {
 public:
  using Answer = std::function<std::optional<std::string>(const SiteRequest&)>;
  explicit SmallSite(Answer answer) : answer_(std::move(answer)), listening_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in any{};
    any.sin_family = AF_INET;
    socklen_t size = sizeof any;
    if (::bind(listening_, reinterpret_cast<sockaddr*>(&any), size) != 0 || ::listen(listening_, 128) != 0 ||
        ::getsockname(listening_, reinterpret_cast<sockaddr*>(&any), &size) != 0)
      throw std::runtime_error("no site");
    port_ = ntohs(any.sin_port);
    thread_ = std::thread([this] { run(); });
  }
  ~SmallSite() {
    ::shutdown(listening_, SHUT_RDWR);
    thread_.join();
    for (const int fd : hanging_) ::close(fd);
    ::close(listening_);
  }
  SmallSite(const SmallSite&) = delete;
  SmallSite& operator=(const SmallSite&) = delete;

  [[nodiscard]] std::string url(const std::string& path, const std::string& host = "127.0.0.1") const {
    return "http://" + host + ":" + std::to_string(port_) + path;
  }
  [[nodiscard]] std::vector<SiteRequest> requests() {
    const std::lock_guard lock(mutex_);
    return requests_;
  }
  void wait_for_requests(std::size_t count) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, std::chrono::seconds(10), [&] { return requests_.size() >= count; }))
      throw std::runtime_error("no request came");
  }

  static std::string ok(const std::string& body, const std::string& type = "text/plain") {
    return "HTTP/1.1 200 OK\r\nContent-Type: " + type + "\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\nConnection: close\r\n\r\n" + body;
  }
  static std::string redirect(const std::string& to) {
    return "HTTP/1.1 302 Found\r\nLocation: " + to + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
  }
  static std::string status(int code) {
    return "HTTP/1.1 " + std::to_string(code) + " X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
  }

 private:
  void run() {
    for (;;) {
      const int fd = ::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC);
      if (fd < 0) return;
      serve(fd);
    }
  }
  void serve(int fd) {
    SiteRequest request;
    char buffer[4096];
    while (request.head.find("\r\n\r\n") == std::string::npos) {
      const ssize_t got = ::recv(fd, buffer, sizeof buffer, 0);
      if (got <= 0) break;
      request.head.append(buffer, static_cast<std::size_t>(got));
    }
    const std::size_t begin = request.head.find(' ') + 1;
    request.path = request.head.substr(begin, request.head.find(' ', begin) - begin);
    sockaddr_in own{};
    socklen_t size = sizeof own;
    ::getsockname(fd, reinterpret_cast<sockaddr*>(&own), &size);
    char text[INET_ADDRSTRLEN] = {};
    request.arrived_at = ::inet_ntop(AF_INET, &own.sin_addr, text, sizeof text);
    const std::optional<std::string> bytes = answer_(request);
    {
      const std::lock_guard lock(mutex_);
      requests_.push_back(request);
    }
    changed_.notify_all();
    if (!bytes) return hanging_.push_back(fd);
    for (std::size_t sent = 0; sent < bytes->size();) {
      const ssize_t now = ::send(fd, bytes->data() + sent, bytes->size() - sent, MSG_NOSIGNAL);
      if (now <= 0) break;
      sent += static_cast<std::size_t>(now);
    }
    ::shutdown(fd, SHUT_WR);
    while (::recv(fd, buffer, sizeof buffer, 0) > 0) {}  // closing with bytes unread would lose the answer
    ::close(fd);
  }

  Answer answer_;
  int listening_;
  int port_ = 0;
  std::vector<int> hanging_;  // the thread's alone
  std::mutex mutex_;          // guards the requests
  std::condition_variable changed_;
  std::vector<SiteRequest> requests_;
  std::thread thread_;
};

}  // namespace matinee::test
