#include "tests/media/media_world.h"

#include <sys/socket.h>
#include <catch2/catch.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "videoproto/control_codec.h"

namespace matinee::media::test {

namespace asio = boost::asio;
using asio::ip::tcp;
using vp::test::operator+;

// ---- gate

void FakeGate::attend(const std::string& code, seams::Visit visit, std::shared_ptr<seams::Attendee> attendee) {
  present.push_back({code, visit, attendee});
  loop_.post([this, attendee, visit] {
    const auto here = std::any_of(present.begin(), present.end(), [&](const Present& each) { return each.attendee == attendee; });
    if (!here) return;
    if (refuse) {
      leave(*attendee);
      return attendee->on_refused(*refuse);
    }
    attendee->on_admitted(visit.person.name, may_publish("", visit.person.id), playback);
  });
}

void FakeGate::leave(const seams::Attendee& attendee) {
  std::erase_if(present, [&](const Present& each) { return each.attendee.get() == &attendee; });
}

void FakeGate::tell_live(const std::string& code, rooms::LiveState state) { told[code].push_back(std::move(state)); }

rooms::LiveState FakeGate::live(const std::string& code) const {
  const auto at = told.find(code);
  return at == told.end() ? rooms::LiveState{} : at->second.back();
}

void FakeGate::play(const std::string& url, std::int64_t by, rooms::Phase phase, rooms::MediaKind kind) {
  ++playback.rev.value;
  playback.phase = phase;
  playback.by = rooms::PersonId{by};
  playback.media = url.empty() ? std::nullopt : std::optional(rooms::MediaRef{kind, url, {}, 0, false});
  for (const Present& each : std::vector(present)) each.attendee->on_playback(playback);
}

void FakeGate::grant(std::int64_t person, bool may) {
  if (may) without_grant.erase(person);
  else without_grant.insert(person);
  for (const Present& each : std::vector(present)) {
    if (each.visit.person.id.value == person) each.attendee->on_rights(may);
  }
}

void FakeGate::send_away(std::int64_t person, seams::SentAway why) {
  for (const Present& each : std::vector(present)) {
    if (each.visit.person.id.value != person) continue;
    leave(*each.attendee);
    each.attendee->on_sent_away(why);
  }
}

// ---- desktop

void Desktop::send_picture(std::uint32_t stream, const Bytes& bytes, std::uint16_t more_flags) {
  const std::uint32_t number = frame_number_++;
  queue_.push_back({vp::test::frame(stream, number, static_cast<std::uint16_t>(vp::flags::key | more_flags)), bytes});
  connection->wake();
}

void Desktop::send_dup(std::uint32_t stream, std::uint16_t more_flags) {
  const std::uint32_t number = frame_number_++;
  queue_.push_back({vp::test::frame(stream, number, static_cast<std::uint16_t>(vp::flags::dup | more_flags)), {}});
  connection->wake();
}

void Desktop::send_sound(std::uint32_t stream, const Bytes& packet) {
  queue_.push_back({vp::Header{vp::Type::audio, 0, 0, stream, sound_number_, 0, 20'000ULL * sound_number_}, packet});
  ++sound_number_;
  connection->wake();
}

void Desktop::say(const vp::Control& message, std::uint32_t request, std::uint32_t stream) {
  REQUIRE(connection);
  REQUIRE(connection->send(message, request, stream));
}

void Desktop::on_control(const vp::Header& header, const vp::Control& message) {
  heard.emplace_back(header, message);
  // What a client's session must know to let pictures in.
  if (const auto* ok = std::get_if<vp::SubscribeOk>(&message))
    static_cast<void>(connection->session().open_stream(static_cast<std::uint32_t>(ok->stream)));
  if (const auto* ok = std::get_if<vp::PublishOk>(&message))
    static_cast<void>(connection->session().open_outgoing_stream(static_cast<std::uint32_t>(ok->stream)));
  if (const auto* eos = std::get_if<vp::Eos>(&message); eos != nullptr && eos->reason != vp::EosReason::lost)
    connection->session().close_stream(header.stream);
  react(message);
}

void Desktop::on_frame(const vp::Header& header, vp::Frame picture, vp::JpegHead) {
  ++picture_count;
  const auto bytes = picture.bytes();
  if (keep_bytes) pictures.push_back({header, Bytes(bytes.begin(), bytes.end())});
}

void Desktop::next_unit(vp::Outgoing& out) {
  if (queue_.empty()) return;
  const Seen unit = std::move(queue_.front());
  queue_.pop_front();
  if (unit.header.type == vp::Type::audio) return out.set_audio(unit.header, unit.bytes);
  if (unit.bytes.empty()) return out.set_picture(unit.header, {});
  vp::FrameFill slot = pool_.begin();
  for (std::size_t have = 0; have < unit.bytes.size();) {
    const auto space = slot.space(have, unit.bytes.size() - have);
    std::copy_n(unit.bytes.begin() + static_cast<std::ptrdiff_t>(have), space.size(), space.begin());
    have += space.size();
  }
  out.set_picture(unit.header, std::move(slot).finish(unit.bytes.size()));
}

void Desktop::on_closed(const vp::CloseReason& reason) {
  closed = reason;
  connection.reset();
}

std::string Desktop::text_of(const vp::Control& message) const { return vp::encode_control(message); }

// ---- world

World::World(WorldOptions options) {
  options.bounds.tick = options.tick;
  const auto find_token = [this](const std::string& token, const std::function<void(seams::Result<seams::Visit>)>& done) {
    loop.post([this, token, done] {
      if (!token.starts_with("token-") || known_tokens_revoked.contains(token)) return done(tl::unexpected(seams::StoreError::not_found));
      done(visit(std::stoll(token.substr(6))));
    });
  };
  const auto find_stream = [this](seams::StreamId stream, const std::function<void(seams::Result<seams::StreamRecord>)>& done) {
    loop.post([this, stream, done] {
      const auto found = stored.find(stream.value);
      if (found == stored.end()) return done(tl::unexpected(seams::StoreError::not_found));
      done(found->second);
    });
  };
  relay = std::make_unique<Relay>(RelayParts{
      loop, gate, find_token, find_stream, [] { return vp::monotonic_us() + 1'000'000'000'000'000; }, 1, 1,
      std::make_shared<vp::PoolBudget>(options.pool_bytes), vp::limits::frame_bytes_default,
      [this, start_ms = net::Loop::coarse_now_ms()] { return (clock_stands ? start_ms : net::Loop::coarse_now_ms()) + clock_ahead_ms; },
      options.bounds});
  reception = std::make_unique<Reception>(ReceptionParts{loop, [this](const std::string&) { return relay.get(); }, "test",
                                                         vp::limits::frame_bytes_default, options.greetings_max});
}

World::~World() {
  relay.reset();
  reception.reset();
  for (const auto& desktop : desktops) desktop->connection.reset();
}

void World::until(const std::function<bool()>& done) {
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!done()) {
    REQUIRE(std::chrono::steady_clock::now() < give_up);
    loop.io().restart();
    loop.io().run_one_for(std::chrono::seconds(1));
  }
}

// A PING that comes back has passed everything that was said before it, in both directions.
void World::settle() {
  for (int round = 0; round < 2; ++round) {
    for (const auto& desktop : std::vector(desktops)) {
      if (!desktop->connection || desktop->connection->session().state() != vp::State::open) continue;
      const std::size_t before = desktop->count<vp::Pong>();
      desktop->say(vp::Ping{1});
      until([&] { return desktop->count<vp::Pong>() > before || desktop->closed; });
    }
  }
}

std::shared_ptr<Desktop> World::connect(int receive_buffer) {
  tcp::acceptor acceptor(loop.io(), tcp::endpoint(asio::ip::address_v4::loopback(), 0));
  tcp::socket there(loop.io()), here(loop.io());
  there.open(tcp::v4());
  if (receive_buffer > 0) there.set_option(asio::socket_base::receive_buffer_size(receive_buffer));
  there.connect(acceptor.local_endpoint());
  acceptor.accept(here);
  if (receive_buffer > 0) here.set_option(asio::socket_base::send_buffer_size(receive_buffer));
  const auto desktop = std::make_shared<Desktop>();
  desktop->fd = there.native_handle();
  desktop->connection =
      vp::Connection::adopt(loop.io(), {vp::ConnectionSocket(there.release()), vp::Session(vp::Role::client, vp::monotonic_us()), {}}, {});
  desktop->connection->start(desktop);
  desktops.push_back(desktop);
  net::OpenStream stream(here.release());
  stream.remote_address = "127.0.0.1";
  reception->greet(std::move(stream));
  return desktop;
}

std::shared_ptr<Desktop> World::knock(std::int64_t person, JoinOptions options) {
  const auto desktop = connect(options.receive_buffer);
  desktop->say(vp::Hello{1, 1, "test"}, 1);
  until([&] { return desktop->last<vp::Welcome>() != nullptr || desktop->closed; });
  if (desktop->closed) return desktop;
  if (!options.pair && !options.token && !options.resume) options.token = "token-" + std::to_string(person);
  desktop->say(vp::Auth{options.room, options.pair, options.token, options.resume, options.may_be_asked}, 2);
  return desktop;
}

std::shared_ptr<Desktop> World::join(std::int64_t person, JoinOptions options) {
  const auto desktop = knock(person, std::move(options));
  until([&] { return desktop->last<vp::AuthOk>() != nullptr || desktop->closed; });
  REQUIRE_FALSE(desktop->closed);
  return desktop;
}

seams::Visit World::visit(std::int64_t person) const {
  rooms::Person who;
  who.id = rooms::PersonId{person};
  who.name = "Person " + std::to_string(person);
  return {who, seams::SessionId{person * 10}};
}

std::uint32_t World::publish(Desktop& desktop, vp::Source source) {
  const std::size_t before = desktop.count<vp::PublishOk>();
  desktop.say(vp::Publish{std::move(source), {}, {}}, 5);
  until([&] { return desktop.count<vp::PublishOk>() > before || desktop.closed; });
  REQUIRE(desktop.last<vp::PublishOk>() != nullptr);
  return static_cast<std::uint32_t>(desktop.last<vp::PublishOk>()->stream);
}

void World::watch(Desktop& desktop, std::uint32_t stream, bool audio) {
  const std::size_t before = desktop.count<vp::SubscribeOk>();
  desktop.say(vp::Subscribe{stream, audio}, 6);
  until([&] { return desktop.count<vp::SubscribeOk>() > before || desktop.closed; });
  REQUIRE_FALSE(desktop.closed);
}

vp::Source camera(vp::AudioFormat audio) { return {vp::SourceKind::camera, "Desk", 320, 180, 15, audio, 2}; }

MediaCounters World::counters() {
  std::optional<MediaCounters> read;
  relay->with_counters([&](const MediaCounters& now) { read = now; });
  until([&] { return read.has_value(); });
  return *read;
}

void World::kill(Desktop& desktop) {
  ::shutdown(desktop.fd, SHUT_RDWR);
  until([&] { return desktop.closed.has_value(); });
}

Bytes jpeg(std::size_t size, int mark) {
  Bytes coded(size, std::byte{0x55});
  coded[0] = static_cast<std::byte>(mark & 0x7F);
  coded[1] = static_cast<std::byte>(mark >> 7 & 0x7F);
  return vp::test::soi() + vp::test::sof(320, 180) + vp::test::scan(coded) + vp::test::eoi();
}

seams::StreamRecord record(std::int64_t number, const std::string& code) {
  seams::StreamRecord stored;
  stored.id = seams::StreamId{seams::first_stored_stream + number};
  stored.room = seams::RoomId{1};
  stored.room_code = code;
  stored.owner = rooms::PersonId{7};
  stored.owner_name = "Ada";
  stored.name = "Garden";
  stored.key_hash.fill(static_cast<std::uint8_t>(number + 1));
  return stored;
}

}  // namespace matinee::media::test
