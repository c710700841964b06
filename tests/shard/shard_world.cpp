#include "tests/shard/shard_world.h"

#include <stdexcept>
#include "server/net/websocket.h"
#include "server/wire/raw_member.h"

namespace matinee::test {

std::string field(std::string_view message, std::string_view name) {
  std::string_view value = wire::raw_member(message, name);
  if (value.size() >= 2 && value.front() == '"') value = value.substr(1, value.size() - 2);
  return std::string(value);
}

std::string type_of(std::string_view message) { return field(message, "type"); }

shard::ShardOptions ShardWorld::quick() {
  shard::ShardOptions options;
  options.refusal_after = std::chrono::milliseconds(20);
  options.absence = std::chrono::milliseconds(20);
  options.unload_after = std::chrono::milliseconds(20);
  options.save_retry = std::chrono::milliseconds(5);
  options.websocket.close_max = std::chrono::milliseconds(500);
  return options;
}

void PlainPasswords::check(seams::PasswordTry attempt, seams::Executor executor, std::function<void(seams::PasswordAnswer)> done) {
  using What = seams::PasswordAnswer::What;
  const bool right = attempt.hash == "hash of " + attempt.password;
  const What what = instead != What::right ? instead : right ? What::right : What::wrong;
  executor([done = std::move(done), what] { done({what, what == What::slow_down ? 1'234 : 0}); });
}

void PlainPasswords::hash(std::string password, seams::Executor executor, std::function<void(std::optional<std::string>)> done) {
  executor([done = std::move(done), password = std::move(password), busy = busy] {
    if (busy) done(std::nullopt);
    else done("hash of " + password);
  });
}

ShardWorld::ShardWorld(shard::ShardOptions options, MemoryStore* store) : store_(store == nullptr ? &own_store_ : store) {
  if (store == nullptr) own_store_.add_room(room_code, owner);
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener_, generic, size) != 0 || ::listen(listener_, 128) != 0 || ::getsockname(listener_, generic, &size) != 0)
    throw std::runtime_error("listen");
  port_ = ntohs(address.sin_port);
  thread_.run([&] {
    shard_.emplace(shard::ShardParts{thread_.loop(), ops::ServerTime(), *store_, *store_, passwords_,
                                     shard::CodeParts{[this] { return next_code_bits_++; }},
                                     [this](const net::RequestHead& head, auto done) { find_visitor(head, std::move(done)); }},
                   options);
  });
}

ShardWorld::~ShardWorld() {
  thread_.run([this] { shard_.reset(); });
  ::close(listener_);
}

void ShardWorld::find_visitor(const net::RequestHead& head, std::function<void(seams::Result<seams::Visit>)> done) {
  auto answer = [this, cookie = std::string(head.field("cookie")), done = std::move(done)] {
    if (visitors_fail_) return done(tl::unexpected(*visitors_fail_));
    const std::int64_t id = std::stoll(cookie);
    seams::Visit visitor;
    visitor.person = {{id}, "Person " + cookie, rooms::PersonKind::account, false};
    visitor.session = {id + 10'000};
    done(std::move(visitor));
  };
  if (hold_visitors_) held_visitors_.push_back(std::move(answer));
  else answer();
}

void ShardWorld::release_visitors() {
  run([this] {
    hold_visitors_ = false;
    for (const auto& answer : std::exchange(held_visitors_, {})) answer();
  });
}

void ShardWorld::forget_sessions(bool unavailable) {
  run([this, unavailable] { visitors_fail_ = unavailable ? seams::StoreError::unavailable : seams::StoreError::not_found; });
}

std::unique_ptr<RawClient> ShardWorld::connect(seams::UserId person, const std::string& code, int receive_buffer_bytes) {
  auto client = std::make_unique<RawClient>(port_, RawClient::Transport::plain, receive_buffer_bytes);
  const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (fd < 0) throw std::runtime_error("accept");
  if (receive_buffer_bytes > 0) ::setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &receive_buffer_bytes, sizeof receive_buffer_bytes);
  net::UpgradeRequest request;
  request.head.method = "GET";
  request.head.target = "/rooms/" + code + "/socket";
  request.head.fields.push_back({"cookie", std::to_string(person.value)});
  request.key = "dGhlIHNhbXBsZSBub25jZQ==";
  request.subprotocol = "matinee.v1";
  request.stream = net::OpenStream(fd);
  shard_->adopt(code, std::move(request));
  if (client->read_until("\r\n\r\n").find(" 101 ") == std::string::npos) throw std::runtime_error("no upgrade");
  return client;
}

shard::ShardCounters ShardWorld::counters() {
  shard::ShardCounters counters;
  run([&] { counters = shard_->counters(); });
  return counters;
}

bool ShardWorld::becomes_true(const std::function<bool()>& holds) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  bool result = false;
  while (!result && std::chrono::steady_clock::now() < until) {
    run([&] { result = holds(); });
    if (!result) std::this_thread::yield();
  }
  return result;
}

void ShardWorld::stop_shard() {
  std::promise<void> done;
  shard_->stop([&] { done.set_value(); });
  if (done.get_future().wait_for(std::chrono::seconds(10)) != std::future_status::ready) throw std::runtime_error("the shard did not stop");
}

Tab::Tab(ShardWorld& world, std::int64_t person, const std::string& name, const std::string& code, int receive_buffer_bytes)
    : name_(name), socket_(world.connect({person}, code, receive_buffer_bytes)) {}

std::string Tab::next() {
  const RawFrame frame = socket_->read_frame();
  if (frame.opcode == 8) throw std::runtime_error("closed with " + std::to_string(frame.close_code()));
  if (frame.opcode != 1) return next();
  return frame.payload;
}

std::string Tab::await(std::string_view type) {
  while (true) {
    std::string message = next();
    if (type_of(message) == type) return message;
  }
}

std::string Tab::join(const std::string& since) {
  send(R"({"type":"room.join","ref":"join","tab":")" + name_ + '"' + (since.empty() ? "" : ",\"since\":" + since) + "}");
  return await("room.welcome");
}

void Tab::ask(const std::string& json) {
  const std::string ref = "ask-" + std::to_string(++asked_);
  send(json + R"(,"ref":")" + ref + "\"}");
  while (field(await("ok"), "ref") != ref) {}
}

std::vector<std::string> Tab::until_now() {
  const std::string t1 = std::to_string(++probes_);
  send(R"({"type":"clock.probe","t1":)" + t1 + "}");
  std::vector<std::string> messages;
  while (true) {
    std::string message = next();
    if (type_of(message) == "clock.reply" && field(message, "t1") == t1) return messages;
    messages.push_back(std::move(message));
  }
}

int Tab::await_close() {
  while (true) {
    const RawFrame frame = socket_->read_frame();
    if (frame.opcode != 8) continue;
    RawFrame answer = frame;
    answer.masked = true;
    socket_->send_frame(answer);
    return frame.close_code();
  }
}

void Tab::post(const std::string& id, const std::string& text) {
  send(R"({"type":"chat.post","id":")" + id + R"(","text":")" + text + "\"}");
}

}  // namespace matinee::test
