#include "server/media/reception.h"

#include <unordered_map>
#include <utility>
#include <vector>

#include "rooms/room_code.h"

namespace matinee::media {
namespace vp = videoproto;
namespace {

class Greeting;

}  // namespace

struct Reception::State {
  explicit State(ReceptionParts given) : parts(std::move(given)) {}
  ReceptionParts parts;
  std::unordered_map<std::uint64_t, std::weak_ptr<Greeting>> greetings;  // each belongs to its connection
  std::uint64_t last = 0;
  bool stopped = false;
};

namespace {

class Greeting final : public vp::ConnectionHandler, public std::enable_shared_from_this<Greeting> {
 public:
  using Leave = std::function<void()>;
  Greeting(const ReceptionParts& parts, net::OpenStream stream, Leave leave)
      : parts_(parts), address_(std::move(stream.remote_address)), lease_(std::move(stream.lease)), leave_(std::move(leave)) {
    const auto read = std::as_bytes(std::span(stream.already_read));
    std::vector<std::byte> unread(read.begin(), read.end());
    const auto [fd, ssl] = std::move(stream).take();
    vp::ConnectionSocket socket(fd);
    if (ssl != nullptr) socket.use_tls(ssl);
    connection_ = vp::Connection::adopt(
        parts.loop.io(), {std::move(socket), vp::Session(vp::Role::relay, vp::monotonic_us()), std::move(unread)}, {parts.frame_bytes_max});
  }
  ~Greeting() override { leave_(); }

  void start() { connection_->start(shared_from_this()); }
  void shut_down() {
    if (const auto connection = connection_) connection->fail(vp::ErrorCode::shutting_down);
  }

 private:
  void on_control(const vp::Header& header, const vp::Control& message) override {
    if (const auto* hello = std::get_if<vp::Hello>(&message)) return welcome(*hello, header.aux);
    const auto* auth = std::get_if<vp::Auth>(&message);
    if (auth == nullptr) return;
    connection_->pause_reading();  // what comes behind it is for the room's home
    // By post: the connection leaves this loop between two messages, not inside one.
    parts_.loop.post(
        [self = shared_from_this(), auth = *auth, request = header.aux]() mutable { self->hand_on(std::move(auth), request); });
  }

  void welcome(const vp::Hello& hello, std::uint32_t request) {
    const auto clamp = [](std::int64_t version) { return static_cast<std::uint8_t>(std::clamp<std::int64_t>(version, 0, 255)); };
    const auto version = vp::choose_version({}, {clamp(hello.min_version), clamp(hello.max_version)});
    if (!version) return connection_->fail(vp::ErrorCode::version, request);
    vp::Welcome answer;
    answer.version = *version;
    answer.frame_bytes_max = parts_.frame_bytes_max;
    answer.software = parts_.software;
    connection_->send(answer, request);
  }

  void hand_on(vp::Auth auth, std::uint32_t request) {
    if (!connection_) return;  // it ended meanwhile
    const auto code = rooms::read_room_code(auth.room);
    if (!code) return connection_->fail(vp::ErrorCode::auth_failed, request);
    auto open = connection_->release();
    if (!open) return connection_->fail(vp::ErrorCode::slow_consumer);  // it does not even take WELCOME
    connection_ = nullptr;
    auth.room = *code;
    parts_.home_of(*code)->adopt({std::move(*open), std::move(auth), request, std::move(address_), std::move(lease_)});
  }

  vp::FrameFill begin_frame(const vp::Header&) override { return {}; }
  void on_frame(const vp::Header&, vp::Frame, vp::JpegHead) override {}
  void on_dup(const vp::Header&) override {}
  void on_audio(const vp::Header&, std::span<const std::byte>) override {}
  void next_unit(vp::Outgoing&) override {}
  void on_closed(const vp::CloseReason&) override { connection_ = nullptr; }

  const ReceptionParts& parts_;
  std::shared_ptr<vp::Connection> connection_;  // each holds the other until it is handed on or closed
  std::string address_;
  net::ConnectionLease lease_;
  Leave leave_;
};

}  // namespace

Reception::Reception(ReceptionParts parts) : state_(std::make_shared<State>(std::move(parts))) {}
Reception::~Reception() { stop(); }

void Reception::greet(net::Connection& connection) { greet(connection.release()); }

void Reception::greet(net::OpenStream stream) {
  if (state_->stopped || !stream.open() || state_->greetings.size() >= state_->parts.greetings_max) return;  // it closes
  const std::uint64_t number = ++state_->last;
  const auto greeting = std::make_shared<Greeting>(state_->parts, std::move(stream), [weak = std::weak_ptr(state_), number] {
    if (const auto state = weak.lock()) state->greetings.erase(number);
  });
  state_->greetings.emplace(number, greeting);
  greeting->start();
}

void Reception::stop() {
  state_->stopped = true;
  for (const auto& [number, weak] : std::unordered_map(state_->greetings)) {
    if (const auto greeting = weak.lock()) greeting->shut_down();
  }
}

std::size_t Reception::greetings() const { return state_->greetings.size(); }

}  // namespace matinee::media
