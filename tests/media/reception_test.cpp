// How a connection begins: greeting, and the bounds before anybody is known.
#include "server/media/reception.h"

#include <sys/socket.h>
#include <catch2/catch.hpp>

#include <boost/asio/ip/tcp.hpp>

#include "server/net/listener.h"
#include "server/net/tls_context.h"
#include "tests/media/media_world.h"
#include "tests/support/self_signed.h"
#include "tests/support/temp_folder.h"

namespace matinee::media::test {

namespace asio = boost::asio;
using asio::ip::tcp;

TEST_CASE("HELLO is answered with the version that both know, and with none of them by an error") {
  World world;
  const auto ada = world.connect();
  ada->say(vp::Hello{1, 9, "newer"}, 3);
  world.until([&] { return ada->last<vp::Welcome>() != nullptr; });
  CHECK(ada->last<vp::Welcome>()->version == 1);
  CHECK(ada->last<vp::Welcome>()->frame_bytes_max == vp::limits::frame_bytes_default);
  CHECK(ada->last<vp::Welcome>()->software == "test");
  CHECK(ada->heard.back().first.aux == 3);
  const auto bob = world.connect();
  bob->say(vp::Hello{2, 9, "too new"});
  world.until([&] { return bob->closed.has_value(); });
  CHECK(bob->closed->code == vp::ErrorCode::version);
}

TEST_CASE("as many connections are greeted at once as the bound says, and not one more") {
  World world({.greetings_max = 2});
  world.connect();
  const auto second = world.connect();
  const auto third = world.connect();
  world.until([&] { return third->closed.has_value(); });
  CHECK_FALSE(third->closed->code.has_value());
  CHECK(world.reception->greetings() == 2);
  world.kill(*second);
  world.until([&] { return world.reception->greetings() == 1; });
  world.join(4);  // and one that was handed on is no greeting any more
  CHECK(world.reception->greetings() == 1);
  world.join(5);
}

TEST_CASE("who is being greeted hears that the server stops") {
  World world;
  const auto ada = world.connect();
  ada->say(vp::Hello{1, 1, "test"});
  world.until([&] { return ada->last<vp::Welcome>() != nullptr; });
  world.reception->stop();
  world.until([&] { return ada->closed.has_value(); });
  CHECK(ada->closed->code == vp::ErrorCode::shutting_down);
}

TEST_CASE("another protocol is told so at its first bytes") {
  World world;
  const auto stranger = world.connect();
  const std::string request = "GET / HTTP/1.1\r\n\r\n";
  REQUIRE(::send(stranger->fd, request.data(), request.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(request.size()));
  world.until([&] { return stranger->closed.has_value(); });
  CHECK(stranger->closed->code == vp::ErrorCode::magic);
}

TEST_CASE("through the TLS listener: pictures from one desktop to another, and the place counts until the connection ends") {
  matinee::test::TempFolder folder;
  matinee::test::write_self_signed(folder.path(), "video");
  std::string error;
  const auto tls = net::TlsContext::load(folder.path() + "/video.crt", folder.path() + "/video.key", error);
  REQUIRE(tls);
  World world;
  const auto caps = std::make_shared<net::ConnectionCaps>(10, 10);
  net::ListenOptions options;
  options.tls = tls;
  options.caps = caps;
  const auto listener = net::Listener::open(
      world.loop, {&world.loop}, options, [&](const auto& connection) { world.reception->greet(*connection); }, error);
  REQUIRE(listener);
  const auto context = vp::make_tls_client_context();
  const auto join = [&](std::int64_t person) {
    tcp::socket socket(world.loop.io());
    socket.connect(tcp::endpoint(asio::ip::address_v4::loopback(), listener->port()));
    const auto desktop = std::make_shared<Desktop>();
    desktop->fd = socket.native_handle();
    vp::OpenConnection open{vp::ConnectionSocket(socket.release()), vp::Session(vp::Role::client, vp::monotonic_us()), {}};
    REQUIRE(open.socket.start_tls_client(context.get(), "localhost"));
    desktop->connection = vp::Connection::adopt(world.loop.io(), std::move(open));
    desktop->connection->start(desktop);
    world.desktops.push_back(desktop);
    desktop->react = [&world, desktop = desktop.get(), person](const vp::Control& message) {
      if (std::holds_alternative<vp::Welcome>(message))
        desktop->say(vp::Auth{room_code, {}, "token-" + std::to_string(person), {}, false}, 2);
    };
    desktop->say(vp::Hello{1, 1, "test"}, 1);
    world.until([&] { return desktop->last<vp::AuthOk>() != nullptr; });
    return desktop;
  };
  const auto ada = join(1);
  const auto bob = join(2);
  CHECK(caps->open() == 2);
  const auto stream = world.publish(*ada);
  world.watch(*bob, stream);
  for (int i = 0; i < 5; ++i) {
    ada->send_picture(stream, jpeg(400'000, i));
    world.until([&] { return bob->pictures.size() == std::size_t(i) + 1; });
    CHECK(bob->pictures.back().bytes == jpeg(400'000, i));
  }
  world.kill(*ada);
  world.until([&] { return caps->open() == 1; });
}

}  // namespace matinee::media::test
