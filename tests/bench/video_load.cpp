// Load for the video relay: one publisher and many viewers, a part of them stalled, in one thread over plain TCP.
//   video_load --port P --room CODE --tokens FILE [--viewers N] [--stalled N] [--fps N] [--bytes N] [--width W --height H]
//              [--seconds S] [--pid SERVER]
// Every viewer checks that the pictures come whole and in order. The last line of the output is JSON: latency from the publisher's
// write to the viewer's last byte in µs, bytes per second, pictures, and what the server's process used.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/bench/load.h"
#include "videoproto/header.h"

namespace {

using namespace matinee::videoproto;
using namespace matinee::bench;

struct Options {
  int port = 0;
  std::string room, tokens;
  int viewers = 1, stalled = 0, fps = 30, bytes = 60'000, width = 1280, height = 720, seconds = 5, pid = 0;
};

Options read_options(int argc, char** argv) {
  std::map<std::string, std::string> given;
  for (int i = 1; i + 1 < argc; i += 2) given[argv[i]] = argv[i + 1];
  Options o;
  const auto number = [&](const char* name, int& value) {
    if (const auto found = given.find(name); found != given.end()) value = std::atoi(found->second.c_str());
  };
  number("--port", o.port), number("--viewers", o.viewers), number("--stalled", o.stalled), number("--fps", o.fps);
  number("--bytes", o.bytes), number("--width", o.width), number("--height", o.height), number("--seconds", o.seconds);
  number("--pid", o.pid);
  o.room = given["--room"], o.tokens = given["--tokens"];
  if (o.port == 0 || o.room.empty() || o.tokens.empty()) die("--port, --room and --tokens are needed");
  return o;
}

void append(std::string& to, std::initializer_list<int> bytes) {
  for (const int byte : bytes) to.push_back(static_cast<char>(byte));
}

// A grey JPEG whose head says width × height, filled up with application segments to the wanted size. The relay reads it, nobody decodes
// it.
std::string make_jpeg(int width, int height, std::size_t bytes) {
  std::string picture;
  append(picture, {0xff, 0xd8, 0xff, 0xdb, 0, 0x43, 0});
  picture.append(64, '\1');
  append(picture, {0xff, 0xc0, 0, 0x0b, 8, height >> 8, height & 255, width >> 8, width & 255, 1, 1, 0x11, 0});
  append(picture, {0xff, 0xc4, 0, 0x14, 0});
  picture.append(16, '\0');
  picture[picture.size() - 16] = 1;
  append(picture, {0, 0xff, 0xc4, 0, 0x14, 0x10});
  picture.append(16, '\0');
  picture[picture.size() - 16] = 1;
  append(picture, {0});
  std::string end;
  append(end, {0xff, 0xda, 0, 8, 1, 1, 0, 0, 0x3f, 0, 0x3f, 0xff, 0xd9});
  std::string filling;
  while (picture.size() + end.size() + filling.size() + 4 < bytes) {
    const std::size_t part = std::min<std::size_t>(bytes - picture.size() - end.size() - filling.size() - 4, 65'000);
    append(filling, {0xff, 0xe5, static_cast<int>((part + 2) >> 8), static_cast<int>((part + 2) & 255)});
    filling.append(part, 'm');
  }
  return picture.substr(0, 2) + filling + picture.substr(2) + end;
}

// One connection: says what is queued, and takes what comes apart into messages.
class Peer {
 public:
  Peer(const Options& options, std::string token) : options_(options), token_(std::move(token)) {
    fd = ::socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0) die("too few open files are allowed: ulimit -n 4096");
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  virtual ~Peer() { ::close(fd); }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  void connect() {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<std::uint16_t>(options_.port));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) die("nobody listens on this port");
    say(Type::hello, 1, R"({"min_version":1,"max_version":1,"software":"video_load"})");
    say(Type::auth, 2, R"({"room":")" + options_.room + R"(","token":")" + token_ + "\"}");
  }
  void say(Type type, std::uint32_t request, const std::string& json) {
    Header header;
    header.type = type, header.aux = request, header.payload_bytes = static_cast<std::uint32_t>(json.size());
    write(header, json);
  }
  // Blocking on purpose: the relay reads more slowly than we write only when it is meant to.
  void write(const Header& header, std::string_view payload) {
    const HeaderBytes bytes = encode_header(header);
    std::string whole(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    whole += payload;
    for (std::size_t done = 0; done < whole.size();) {
      const ssize_t n = ::send(fd, whole.data() + done, whole.size() - done, MSG_NOSIGNAL);
      if (n < 0) die("the server closed a connection");
      done += static_cast<std::size_t>(n);
    }
  }
  // Payloads of pictures are counted, not kept.
  void on_readable() {
    static std::vector<char> buffer(1 << 20);
    for (;;) {
      const ssize_t n = ::recv(fd, buffer.data(), buffer.size(), MSG_DONTWAIT);
      if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
      if (n <= 0) die("the server closed a connection: " + last_error);
      take(std::string_view(buffer.data(), static_cast<std::size_t>(n)));
      if (static_cast<std::size_t>(n) < buffer.size()) return;
    }
  }

  int fd = -1;
  std::string last_error;

 protected:
  virtual void on_message(const Header& header, const std::string& json) = 0;
  virtual void on_picture(const Header& header) = 0;
  const Options& options_;

 private:
  void take(std::string_view bytes) {
    while (!bytes.empty()) {
      if (head_.size() < limits::header_bytes) {
        const std::size_t part = std::min(bytes.size(), limits::header_bytes - head_.size());
        head_ += bytes.substr(0, part);
        bytes.remove_prefix(part);
        if (head_.size() < limits::header_bytes) return;
        const auto decoded = decode_header(
            std::span<const std::byte, limits::header_bytes>(reinterpret_cast<const std::byte*>(head_.data()), limits::header_bytes));
        if (!decoded) die("a broken header came");
        header_ = *decoded, left_ = header_.payload_bytes;
      } else {
        const std::size_t part = std::min<std::size_t>(bytes.size(), left_);
        if (header_.type != Type::frame) payload_ += bytes.substr(0, part);
        bytes.remove_prefix(part);
        left_ -= static_cast<std::uint32_t>(part);
      }
      if (left_ == 0) finish();
    }
  }
  void finish() {
    if (header_.type == Type::frame) on_picture(header_);
    else if (header_.type == Type::ping) say(Type::pong, header_.aux, R"({"t1":)" + number(payload_, "t1") + R"(,"t2":1,"t3":1})");
    else if (header_.type == Type::error) last_error = payload_, std::fprintf(stderr, "video_load: %s\n", payload_.c_str());
    else on_message(header_, payload_);
    head_.clear(), payload_.clear();
  }

 protected:
  static std::string number(const std::string& json, const std::string& name) {
    const auto at = json.find('"' + name + "\":");
    if (at == std::string::npos) return "0";
    const auto begin = at + name.size() + 3;
    return json.substr(begin, json.find_first_not_of("0123456789", begin) - begin);
  }

 private:
  std::string token_, head_, payload_;
  Header header_;
  std::uint32_t left_ = 0;
};

class Publisher final : public Peer {
 public:
  using Peer::Peer;
  std::uint32_t stream = 0;
  void send_picture(const std::string& jpeg, bool counted) {
    Header header;
    header.type = Type::frame, header.flags = flags::key, header.stream = stream, header.sequence = ++sequence_;
    header.payload_bytes = static_cast<std::uint32_t>(jpeg.size());
    // Uncounted pictures carry an odd stamp.
    header.pts_us = static_cast<std::uint64_t>(now_us()) & ~std::uint64_t{1};
    if (!counted) header.pts_us |= 1;
    write(header, jpeg);
  }

 private:
  void on_message(const Header& header, const std::string& json) override {
    if (header.type == Type::auth_ok)
      say(Type::publish, 3,
          R"({"source":{"kind":"camera","title":"load","width":)" + std::to_string(options_.width) + R"(,"height":)" +
              std::to_string(options_.height) + R"(,"fps":)" + std::to_string(std::min(options_.fps, 120)) +
              R"(,"audio":"none","channels":2}})");
    if (header.type == Type::publish_ok) stream = static_cast<std::uint32_t>(std::stoul(number(json, "stream")));
  }
  void on_picture(const Header&) override {}
  std::uint32_t sequence_ = 0;
};

class Viewer final : public Peer {
 public:
  using Peer::Peer;
  bool authorised = false, subscribed = false;
  std::uint64_t pictures = 0, bytes = 0;
  static inline std::vector<std::uint32_t> latencies_us;
  void subscribe(std::uint32_t stream) { say(Type::subscribe, 4, R"({"stream":)" + std::to_string(stream) + "}"); }

 private:
  void on_message(const Header& header, const std::string&) override {
    if (header.type == Type::auth_ok) authorised = true;
    if (header.type == Type::subscribe_ok) subscribed = true;
  }
  void on_picture(const Header& header) override {
    if (pictures > 0 && static_cast<std::int32_t>(header.sequence - last_) <= 0) die("pictures came out of order");
    last_ = header.sequence, ++pictures;
    if ((header.pts_us & 1) != 0) return;
    bytes += header.payload_bytes + limits::header_bytes;
    latencies_us.push_back(static_cast<std::uint32_t>(std::max<std::int64_t>(0, now_us() - static_cast<std::int64_t>(header.pts_us))));
  }
  std::uint32_t last_ = 0;
};

class Run {
 public:
  explicit Run(const Options& options)
      : options_(options),
        epoll_(::epoll_create1(0)),
        jpeg_(make_jpeg(options.width, options.height, static_cast<std::size_t>(options.bytes))) {}

  void enter() {
    std::ifstream file(options_.tokens);
    std::vector<std::string> tokens;
    for (std::string line; std::getline(file, line);) tokens.push_back(line);
    const auto needed = static_cast<std::size_t>(options_.viewers + options_.stalled + 1);
    if (tokens.size() < needed)
      die("the file of tokens has " + std::to_string(tokens.size()) + " lines; " + std::to_string(needed) + " are needed");
    publisher_ = std::make_unique<Publisher>(options_, tokens[0]);
    publisher_->connect();
    watch(*publisher_);
    until([&] { return publisher_->stream != 0; });
    for (int i = 0; i < options_.viewers + options_.stalled; ++i) {
      auto viewer = std::make_unique<Viewer>(options_, tokens[static_cast<std::size_t>(i) + 1]);
      viewer->connect();
      watch(*viewer);
      until([&] { return viewer->authorised; });
      viewer->subscribe(publisher_->stream);
      until([&] { return viewer->subscribed; });
      if (i >= options_.viewers) ::epoll_ctl(epoll_, EPOLL_CTL_DEL, viewer->fd, nullptr);
      viewers_.push_back(std::move(viewer));
    }
  }
  void play() {
    pace(1, false);
    const ServerUse before = use_of(options_.pid);
    const std::int64_t began = now_us();
    const std::int64_t sent = pace(options_.seconds, true);
    const double seconds = static_cast<double>(now_us() - began) / 1e6;
    const ServerUse after = use_of(options_.pid);
    drain(300'000);
    report(sent, seconds, before, after);
  }

 private:
  void watch(Peer& peer) {
    epoll_event event{};
    event.events = EPOLLIN, event.data.ptr = &peer;
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, peer.fd, &event);
  }
  void turn(std::int64_t wait_us) {
    epoll_event events[256];
    const timespec wait{wait_us / 1'000'000, (wait_us % 1'000'000) * 1'000};
    const int n = ::epoll_pwait2(epoll_, events, 256, &wait, nullptr);
    for (int i = 0; i < n; ++i) static_cast<Peer*>(events[i].data.ptr)->on_readable();
  }
  template <class Done>
  void until(Done done) {
    const std::int64_t give_up = now_us() + 10'000'000;
    while (!done()) {
      if (now_us() > give_up) die("the server does not answer");
      turn(10'000);
    }
  }
  // fps 0: the next picture as soon as everybody has the last one, to find the limit.
  std::int64_t pace(int seconds, bool counted) {
    const std::int64_t began = now_us(), end = began + std::int64_t{seconds} * 1'000'000;
    std::int64_t sent = 0;
    while (now_us() < end) {
      const std::int64_t due = began + sent * 1'000'000 / std::max(options_.fps, 1);
      if (now_us() >= due) publisher_->send_picture(jpeg_, counted), ++sent;
      else turn(std::min<std::int64_t>(due - now_us(), 5'000));
      turn(0);
    }
    return sent;
  }
  void drain(std::int64_t quiet_us) {
    const std::int64_t end = now_us() + quiet_us;
    while (now_us() < end) turn(10'000);
  }
  void report(std::int64_t sent, double seconds, const ServerUse& before, const ServerUse& after) const {
    std::uint64_t bytes = 0;
    for (int i = 0; i < options_.viewers; ++i) bytes += viewers_[static_cast<std::size_t>(i)]->bytes;
    auto& latencies = Viewer::latencies_us;
    const auto at = [&](double part) { return quantile(latencies, part); };
    std::printf(
        R"({"viewers":%d,"stalled":%d,"fps":%d,"picture_bytes":%zu,"sent":%lld,"received":%zu,"lost":%lld,"p50_us":%u,"p99_us":%u,"max_us":%u,"gbit_s":%.3f,"server_cpu":%.3f,"rss_before_kib":%ld,"rss_after_kib":%ld})"
        "\n",
        options_.viewers, options_.stalled, options_.fps, jpeg_.size(), static_cast<long long>(sent), latencies.size(),
        static_cast<long long>(sent * options_.viewers) - static_cast<long long>(latencies.size()), at(0.5), at(0.99), at(1.0),
        static_cast<double>(bytes) * 8 / 1e9 / seconds, (after.cpu_s - before.cpu_s) / seconds, before.rss_kib, after.rss_kib);
  }

  const Options& options_;
  int epoll_;
  std::string jpeg_;
  std::unique_ptr<Publisher> publisher_;
  std::vector<std::unique_ptr<Viewer>> viewers_;
};

}  // namespace

int main(int argc, char** argv) {
  const Options options = read_options(argc, argv);
  Run run(options);
  run.enter();
  run.play();
}
