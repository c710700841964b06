// Load for the relay of MPEG-TS: one publisher that sends a film of a constant rate, and many viewers, a part of them stalled, in one
// thread over plain TCP.
//   ts_load --port P --path /live/ID/ts|/live/ID.ts --ingest /ingest/ID/KEY --cookie LINE --film FILE.ts --bit_s N
//           [--viewers N] [--stalled N] [--seconds S] [--stall-seconds S] [--pid SERVER]
// The film's filler carries a number and the time when it was sent. Every viewer checks that they come in order; the last line of
// the output is JSON: latency from the publisher's write to the viewer's read in µs, marks received and lost, and what the server used.
// Over before the server's second ping: nothing here answers pings.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cerrno>
#include <cstring>
#include <map>
#include <memory>
#include <string_view>

#include "tests/bench/load.h"

namespace {

using namespace matinee::bench;

constexpr std::size_t packet_bytes = 188;
constexpr std::string_view magic = "matinee:";
constexpr std::size_t mark_bytes = magic.size() + 16 + 16 + 1;  // number and time in hexadecimal: no start code comes about; 1: counted

struct Mark {
  std::uint64_t number = 0;
  std::int64_t sent_us = 0;
  bool counted = false;
};

std::string write_mark(const Mark& mark) {
  char text[mark_bytes + 1];
  std::snprintf(text, sizeof text, "%s%016llx%016llx%d", magic.data(), static_cast<unsigned long long>(mark.number),
                static_cast<unsigned long long>(mark.sent_us), mark.counted ? 1 : 0);
  return text;
}

Mark read_mark(std::string_view text) {
  const std::string number(text.substr(magic.size(), 16)), time(text.substr(magic.size() + 16, 16));
  return {std::strtoull(number.c_str(), nullptr, 16), std::strtoll(time.c_str(), nullptr, 16), text[mark_bytes - 1] == '1'};
}

struct Options {
  std::map<std::string, std::string> given;
  [[nodiscard]] std::string text(const char* name) const {
    const auto found = given.find(name);
    if (found == given.end()) die(std::string(name) + " is needed");
    return found->second;
  }
  [[nodiscard]] int number(const char* name, int fallback) const {
    const auto found = given.find(name);
    return found == given.end() ? fallback : std::atoi(found->second.c_str());
  }
};

int connect_to(int port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  if (fd < 0) die("too few open files are allowed: ulimit -n 4096");
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<std::uint16_t>(port));
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) die("nobody listens on this port");
  return fd;
}

// Blocking on purpose: the relay reads more slowly than we write only when it is meant to.
void say(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = ::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
    if (n < 0) {
      char answer[4096] = {};
      const ssize_t got = ::recv(fd, answer, sizeof answer - 1, MSG_DONTWAIT);
      die(std::string("the server closed a connection: ") +
          (got > 0 ? std::string(answer).substr(0, 20) + std::string(answer).substr(std::string(answer).find("\r\n\r\n") + 4)
                   : "without a word"));
    }
    text.remove_prefix(static_cast<std::size_t>(n));
  }
}

class Publisher {
 public:
  Publisher(int port, const std::string& path, const std::string& film, int bit_s)
      : fd_(connect_to(port)), picture_bytes_(static_cast<std::size_t>(bit_s) / 8 / 25) {
    std::ifstream file(film, std::ios::binary);
    film_.assign(std::istreambuf_iterator<char>(file), {});
    if (film_.size() < packet_bytes || film_.size() % packet_bytes != 0) die("the film is not MPEG-TS");
    say(fd_, "POST " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port) + "\r\nTransfer-Encoding: chunked\r\n\r\n");
  }
  // What a 25th of a second holds: ffmpeg writes a picture at a time (its muxer flushes after each).
  void send_some(bool counted) {
    const std::size_t bytes = std::min<std::size_t>((picture_bytes_ / packet_bytes + 1) * packet_bytes, film_.size() - at_);
    if (bytes == 0) die("the film is too short for this run");
    for (std::size_t i = at_; i < at_ + bytes; i += packet_bytes) {
      const std::string_view end = std::string_view(film_).substr(i + packet_bytes - mark_bytes - 1, mark_bytes + 1);
      if (end.find_first_not_of('\xff') != std::string_view::npos) continue;
      film_.replace(i + packet_bytes - mark_bytes, mark_bytes, write_mark({marks_++, now_us(), counted}));
      marks_counted += counted ? 1 : 0;
    }
    char head[32];
    std::snprintf(head, sizeof head, "%zx\r\n", bytes);
    say(fd_, head + film_.substr(at_, bytes) + "\r\n");
    at_ += bytes;
  }
  [[nodiscard]] std::size_t sent() const { return at_; }
  std::uint64_t marks_counted = 0;

 private:
  int fd_;
  std::size_t picture_bytes_;
  std::string film_;
  std::size_t at_ = 0;
  std::uint64_t marks_ = 0;
};

class Viewer {
 public:
  Viewer(int port, const std::string& path, const std::string& cookie) : fd(connect_to(port)) {
    const std::string host = "127.0.0.1:" + std::to_string(port);
    std::string head = "GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nCookie: " + cookie + "\r\n";
    if (!path.ends_with(".ts"))
      head +=
          "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "
          "AAAAAAAAAAAAAAAAAAAAAA==\r\nOrigin: http://" +
          host + "\r\n";
    say(fd, head + "\r\n");
  }
  void on_readable() {
    static std::vector<char> buffer(1 << 18);
    for (;;) {
      std::copy(kept_.begin(), kept_.end(), buffer.begin());
      const ssize_t n = ::recv(fd, buffer.data() + kept_.size(), buffer.size() - kept_.size(), MSG_DONTWAIT);
      if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
      if (n <= 0) die("the server closed a viewer's connection after " + std::to_string(bytes) + " bytes: " + first_);
      if (bytes == 0) begin({buffer.data(), static_cast<std::size_t>(n)});
      bytes += static_cast<std::uint64_t>(n);
      const std::string_view now(buffer.data(), kept_.size() + static_cast<std::size_t>(n));
      read(now);
      if (now.size() < buffer.size()) return;
    }
  }

  int fd;
  std::uint64_t bytes = 0, marks = 0;
  static inline std::vector<std::uint32_t> latencies_us;
  static inline std::uint64_t skipped = 0;

 private:
  void begin(std::string_view answer) {
    first_ = std::string(answer.substr(0, answer.find('\r')));
    if (!first_.starts_with("HTTP/1.1 101") && !first_.starts_with("HTTP/1.1 200")) die("a viewer is answered " + first_);
  }
  // A frame's or chunk's head inside a mark is not possible: marks stand in packets, and units hold whole packets. What may be cut is the
  // read.
  void read(std::string_view now) {
    std::size_t done = 0;
    for (;;) {
      const void* found = ::memmem(now.data() + done, now.size() - done, magic.data(), magic.size());
      if (found == nullptr) {
        done = std::max(done, now.size() - std::min(now.size(), magic.size() - 1));
        break;
      }
      const auto at = static_cast<std::size_t>(static_cast<const char*>(found) - now.data());
      if (at + mark_bytes > now.size()) {
        done = at;
        break;
      }
      take(read_mark(now.substr(at, mark_bytes)));
      done = at + mark_bytes;
    }
    kept_ = now.substr(done);
  }
  void take(const Mark& mark) {
    if (marks > 0 && mark.number <= last_) die("marks came out of order");
    if (marks > 0) skipped += mark.number - last_ - 1;
    last_ = mark.number, ++marks;
    if (mark.counted) latencies_us.push_back(static_cast<std::uint32_t>(std::max<std::int64_t>(0, now_us() - mark.sent_us)));
  }

  std::string kept_, first_;
  std::uint64_t last_ = 0;
};

class Run {
 public:
  explicit Run(const Options& options)
      : bit_s_(options.number("--bit_s", 1'000'000)),
        pid_(options.number("--pid", 0)),
        seconds_(options.number("--seconds", 8)),
        viewers_wanted_(options.number("--viewers", 1)),
        stalled_(options.number("--stalled", 0)),
        epoll_(::epoll_create1(0)),
        publisher_(options.number("--port", 0), options.text("--ingest"), options.text("--film"), bit_s_),
        began_us_(now_us()) {
    pace(1'500'000, false);  // until there is a key frame, and the stream is told of
    for (int i = 0; i < viewers_wanted_ + stalled_; ++i) {
      auto viewer = std::make_unique<Viewer>(options.number("--port", 0), options.text("--path"), options.text("--cookie"));
      epoll_event event{};
      event.events = EPOLLIN, event.data.ptr = viewer.get();
      if (i < viewers_wanted_) ::epoll_ctl(epoll_, EPOLL_CTL_ADD, viewer->fd, &event);
      viewers_.push_back(std::move(viewer));
      pace(1'000, false);
    }
    pace(1'500'000, false);
  }

  void play() {
    for (int i = 0; i < viewers_wanted_; ++i)
      if (viewers_[static_cast<std::size_t>(i)]->marks == 0) die("viewer " + std::to_string(i) + " has got nothing");
    Viewer::skipped = 0;
    const ServerUse before = use_of(pid_);
    rusage own{};
    ::getrusage(RUSAGE_SELF, &own);
    const std::int64_t began = now_us();
    std::uint64_t bytes = 0;
    for (const auto& viewer : viewers_) bytes -= viewer->bytes;
    pace(std::int64_t{seconds_} * 1'000'000, true);
    const double seconds = static_cast<double>(now_us() - began) / 1e6;
    for (const auto& viewer : viewers_) bytes += viewer->bytes;
    const ServerUse after = use_of(pid_);
    const auto own_s = [](const rusage& use) {
      return static_cast<double>(use.ru_utime.tv_sec + use.ru_stime.tv_sec) +
             static_cast<double>(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e6;
    };
    const double own_before = own_s(own);
    ::getrusage(RUSAGE_SELF, &own);
    const double own_cpu = (own_s(own) - own_before) / seconds;
    const std::int64_t end = now_us() + 500'000;
    while (now_us() < end) turn(10'000);
    auto& latencies = Viewer::latencies_us;
    const auto wanted = static_cast<long long>(publisher_.marks_counted) * viewers_wanted_;
    std::printf(
        R"({"viewers":%d,"stalled":%d,"marks":%lld,"lost":%lld,"skipped":%llu,"p50_us":%u,"p99_us":%u,"max_us":%u,"late_us":%lld,"gbit_s":%.3f,"server_cpu":%.3f,"load_cpu":%.3f,"rss_before_kib":%ld,"rss_after_kib":%ld})"
        "\n",
        viewers_wanted_, stalled_, wanted, wanted - static_cast<long long>(latencies.size()),
        static_cast<unsigned long long>(Viewer::skipped), quantile(latencies, 0.5), quantile(latencies, 0.99), quantile(latencies, 1.0),
        static_cast<long long>(late_us_), static_cast<double>(bytes) * 8 / 1e9 / seconds, (after.cpu_s - before.cpu_s) / seconds, own_cpu,
        before.rss_kib, after.rss_kib);
  }

 private:
  void turn(std::int64_t wait_us) {
    epoll_event events[256];
    const timespec wait{wait_us / 1'000'000, (wait_us % 1'000'000) * 1'000};
    const int n = ::epoll_pwait2(epoll_, events, 256, &wait, nullptr);
    for (int i = 0; i < n; ++i) static_cast<Viewer*>(events[i].data.ptr)->on_readable();
  }
  // The film goes on at its own rate, whatever else is done meanwhile.
  void pace(std::int64_t for_us, bool counted) {
    const std::int64_t end = now_us() + for_us;
    do {
      const std::int64_t due = began_us_ + static_cast<std::int64_t>(static_cast<double>(publisher_.sent()) * 8e6 / bit_s_);
      const std::int64_t now = now_us();
      if (now < due) {
        turn(std::min(due - now, std::max<std::int64_t>(end - now, 0)));
        continue;
      }
      if (counted) late_us_ = std::max(late_us_, now - due);
      publisher_.send_some(counted);
      turn(0);
    } while (now_us() < end);
  }

  int bit_s_, pid_, seconds_, viewers_wanted_, stalled_, epoll_;
  Publisher publisher_;
  std::int64_t began_us_, late_us_ = 0;
  std::vector<std::unique_ptr<Viewer>> viewers_;
};

}  // namespace

int main(int argc, char** argv) {
  Options options;
  for (int i = 1; i + 1 < argc; i += 2) options.given[argv[i]] = argv[i + 1];
  Run run(options);
  run.play();
}
