// Link and Room against a small real relay on loopback: two rooms in this process send to each other, are cut off, refused and asked.
#include "videoproto/desktop/room.h"

#include <catch2/catch.hpp>
#include <thread>

#include "tests/desktop/mini_relay.h"
#include "tests/desktop/pictures.h"
#include "tests/support/self_signed.h"
#include "tests/support/temp_folder.h"

namespace matinee::desktop {
namespace {

using videoproto::monotonic_us;
namespace proto = videoproto;

struct Seen {
  std::string what;  // connected, note, stream, waits, over, picture, published, end
  std::string text;
  std::uint32_t number = 0;  // a picture's own, else the stream
  Ending ending;
  DuePicture due;
};

// A client: its network thread, and everything that its listener heard.
class Client final : public RoomListener {
 public:
  Client(LinkOptions link, RoomOptions options) : room(std::make_shared<Room>(io, std::move(options), *this)) {
    boost::asio::post(io, [this, link = std::move(link)] { room->start(link); });
    thread_ = std::thread([this] { io.run(); });
  }
  ~Client() override {
    io.stop();
    thread_.join();
    room->clear();
  }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  void on_connected(const std::string& name) override { seen_.put({"connected", name, 0, {}, {}}); }
  void on_note(const std::string& sentence) override { seen_.put({"note", sentence, 0, {}, {}}); }
  void on_stream(const WatchedStream& stream) override { seen_.put({"stream", stream.title, stream.stream, {}, {}}); }
  void on_stream_waits(std::uint32_t stream) override { seen_.put({"waits", {}, stream, {}, {}}); }
  void on_stream_over(std::uint32_t stream) override { seen_.put({"over", {}, stream, {}, {}}); }
  void on_picture(DuePicture due) override {
    const std::uint32_t number = due.image.empty() ? 0 : test::number_of(due.image);
    seen_.put({due.repeat ? "repeat" : "picture", {}, number, {}, std::move(due)});
  }
  void on_published(std::uint32_t stream) override { seen_.put({"published", {}, stream, {}, {}}); }
  void on_send_figures(const SendFigures&) override {}
  void on_end(Ending ending) override { seen_.put({"end", {}, 0, std::move(ending), {}}); }

  // The next of this kind; what comes before it is skipped.
  Seen until(const std::string& what) {
    const std::int64_t give_up = monotonic_us() + 30'000'000;
    for (;;) {
      while (waiting_.empty()) {
        REQUIRE(monotonic_us() < give_up);
        waiting_ = seen_.take(give_up);
      }
      Seen seen = std::move(waiting_.front());
      waiting_.pop_front();
      if (seen.what == what) return seen;
      INFO(seen.what << " " << seen.text << " " << seen.ending.sentence);
      REQUIRE(seen.what != "end");
    }
  }
  template <class Act>
  void post(Act act) {
    boost::asio::post(io, [this, act] { act(*room); });
  }

  boost::asio::io_context io{1};
  std::shared_ptr<Room> room;

 private:
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_ = boost::asio::make_work_guard(io);
  Inbox<Seen> seen_{10'000};
  std::deque<Seen> waiting_;
  std::thread thread_;
};

LinkOptions link_to(const test::MiniRelay& relay) {
  LinkOptions link;
  link.server = {"127.0.0.1", relay.port()};
  link.plain = true;
  link.room = "K7QM3XFD";
  link.pair = "MFRGGZDFMZTWQ2LK";
  link.retry_us = 60'000'000;
  return link;
}
RoomOptions watching() {
  RoomOptions options;
  options.watch = true;
  return options;
}
RoomOptions sending(int pictures = 6'000, double fps = 50) {
  RoomOptions options;
  options.send = true;
  options.sender.open = test::film(pictures, fps);
  options.sender.title = "numbers";
  return options;
}
template <class Message>
std::optional<Message> find(test::MiniRelay& relay) {
  for (const auto& heard : relay.heard()) {
    if (const auto* found = std::get_if<Message>(&heard.message)) return *found;
  }
  return std::nullopt;
}
template <class Message>
Message wait_for(test::MiniRelay& relay) {
  const std::int64_t give_up = monotonic_us() + 30'000'000;
  for (;;) {
    if (auto found = find<Message>(relay)) return *found;
    REQUIRE(monotonic_us() < give_up);
    std::this_thread::yield();
  }
}

}  // namespace

TEST_CASE("what one client sends is seen by the other, numbered, in order, and the end is heard by both") {
  test::MiniRelay relay({});
  Client viewer(link_to(relay), watching());
  viewer.until("connected");
  Client sender(link_to(relay), sending(40));
  CHECK(sender.until("published").number == 7);
  CHECK(viewer.until("stream").text == "numbers");
  std::uint32_t last = 0;
  for (int i = 0; i < 5; ++i) {
    const Seen seen = viewer.until("picture");
    CHECK(seen.number >= last);
    last = seen.number;
    CHECK(seen.due.image.cols == 320);
  }
  CHECK(viewer.until("over").number == 7);
  CHECK(sender.until("end").ending.code == ExitCode::done);
  CHECK(wait_for<proto::Eos>(relay).reason == proto::EosReason::ended);
}

TEST_CASE("latency is told on the viewer's own clock once the clocks are known") {
  test::MiniRelay relay({});
  Client viewer(link_to(relay), watching());
  Client sender(link_to(relay), sending());
  for (;;) {
    const Seen seen = viewer.until("picture");
    if (!seen.due.captured_us) continue;
    const std::int64_t latency_us = monotonic_us() - *seen.due.captured_us;
    CHECK(latency_us >= 0);
    CHECK(latency_us < 5'000'000);
    break;
  }
}

TEST_CASE("after a lost connection both come back by themselves and the window's stream goes on") {
  test::MiniRelay relay({});
  Client viewer(link_to(relay), watching());
  Client sender(link_to(relay), sending());
  viewer.until("picture");
  relay.cut();
  viewer.until("waits");
  CHECK(viewer.until("note").text.find("Trying again") != std::string::npos);
  viewer.until("connected");
  viewer.until("picture");
  CHECK(sender.until("published").number == 7);
  // With the resume tokens they were given, not with the code, which counts once.
  int resumed = 0;
  for (const auto& heard : relay.heard()) {
    const auto* auth = std::get_if<proto::Auth>(&heard.message);
    if (auth != nullptr && auth->resume) ++resumed;
  }
  CHECK(resumed == 2);
}

TEST_CASE("what a killed program kept is shown first, new tokens are handed on, and stale ones lead to a fresh start") {
  for (const bool fresh : {true, false}) {
    INFO(fresh);
    test::MiniRelay::Options relay_options;
    relay_options.resumes = fresh;
    test::MiniRelay relay(std::move(relay_options));
    LinkOptions link = link_to(relay);
    link.resume = "kept";
    RoomOptions options = sending();
    options.resume_stream = "40";
    Inbox<ResumeTokens> kept{100};
    options.keep = [&kept](const ResumeTokens& tokens) { kept.put(tokens); };
    Client sender(link, std::move(options));
    CHECK(sender.until("published").number == (fresh ? 40U : 7U));
    std::vector<proto::Auth> auths;
    std::vector<proto::Publish> publishes;
    for (const auto& heard : relay.heard()) {
      if (const auto* auth = std::get_if<proto::Auth>(&heard.message)) auths.push_back(*auth);
      if (const auto* publish = std::get_if<proto::Publish>(&heard.message)) publishes.push_back(*publish);
    }
    REQUIRE(auths.size() == (fresh ? 1U : 2U));
    CHECK(auths[0].resume == "kept");
    CHECK_FALSE(auths[0].pair);
    if (!fresh) CHECK(auths[1].pair == link.pair);
    REQUIRE(publishes.size() == (fresh ? 1U : 2U));
    CHECK(publishes[0].resume == "40");
    if (!fresh) CHECK_FALSE(publishes[1].resume);
    const auto told = kept.take(monotonic_us());
    REQUIRE(told.size() == 2);  // let in, and published
    CHECK(told[0].stream == "40");
    CHECK(told[1] == ResumeTokens{fresh ? "r1" : "r2", fresh ? "40" : "7", {}});
  }
}

TEST_CASE("a wrong code, a closed port and a foreign certificate end with their own code and a sentence") {
  test::MiniRelay::Options strict;
  strict.let_in = [](const proto::Auth&) { return false; };
  test::MiniRelay relay(std::move(strict));
  {
    Client client(link_to(relay), watching());
    const Ending ending = client.until("end").ending;
    CHECK(ending.code == ExitCode::refused);
    CHECK_FALSE(ending.sentence.empty());
  }
  {
    LinkOptions nobody = link_to(relay);
    {
      const test::MiniRelay gone({});
      nobody.server.port = gone.port();
    }
    Client client(nobody, watching());
    const Ending ending = client.until("end").ending;
    CHECK(ending.code == ExitCode::unreachable);
    CHECK(ending.sentence.find(show(nobody.server)) != std::string::npos);
  }
}

TEST_CASE("over TLS nothing is said to a server with another certificate, and everything to the right one") {
  const matinee::test::TempFolder folder;
  matinee::test::write_self_signed(folder.path(), "video");
  test::MiniRelay::Options options;
  options.tls = true;
  options.certificate = folder.path() + "/video.crt";
  options.key = folder.path() + "/video.key";
  test::MiniRelay relay(std::move(options));
  LinkOptions link = link_to(relay);
  link.plain = false;
  link.pin.assign(short_print_bytes, std::byte{1});
  std::string sentence;
  {
    Client client(link, watching());
    const Ending ending = client.until("end").ending;
    CHECK(ending.code == ExitCode::wrong_server);
    sentence = ending.sentence;
  }
  CHECK_FALSE(find<proto::Hello>(relay));
  CHECK_FALSE(find<proto::Auth>(relay));
  const std::size_t at = sentence.rfind("SHA-256 ");
  REQUIRE(at != std::string::npos);
  const auto pin = read_pin(sentence.substr(at + 8, 64));  // what the sentence shows is what --certificate takes
  REQUIRE(pin);
  link.pin = *pin;
  Client client(link, watching());
  CHECK(client.until("connected").text == "Ada");
}

TEST_CASE("who may not send is told so") {
  test::MiniRelay::Options options;
  options.may_publish = false;
  test::MiniRelay relay(std::move(options));
  Client client(link_to(relay), sending());
  CHECK(client.until("end").ending.code == ExitCode::not_allowed);
}

TEST_CASE("asked without permission the client declines; with it, it sends what the room shows and stops when told") {
  test::MiniRelay relay({});
  {
    Client client(link_to(relay), watching());
    client.until("connected");
    relay.tell(proto::Ask{5, "https://example.org/a.mp4", 0});
    CHECK(wait_for<proto::Decline>(relay) == proto::Decline{5, proto::DeclineReason::refused});
  }
  RoomOptions willing = watching();
  willing.answers = true;
  willing.open_ask = [](const std::string&) { return test::film(6'000, 30)(); };
  Client client(link_to(relay), std::move(willing));
  client.until("connected");
  relay.tell(proto::Meta{{}, {}, {}, {}, {}, {}, proto::RoomPlayback{proto::Phase::paused, 20'000, monotonic_us(), 1, 1}});
  relay.tell(proto::Ask{6, "https://example.org/a.mp4", 20'000});
  const std::uint32_t stream = client.until("published").number;
  CHECK(wait_for<proto::Publish>(relay).ask == 6);
  const auto until_units = [&](const std::function<bool(const proto::Header&)>& wanted) {
    const std::int64_t give_up = monotonic_us() + 30'000'000;
    for (;;) {
      const auto units = relay.units();
      if (std::any_of(units.begin(), units.end(), wanted)) return;
      REQUIRE(monotonic_us() < give_up);
      std::this_thread::yield();
    }
  };
  const auto shown = [&] {
    JpegDecoder decoder;
    cv::Mat picture;
    return decoder.decode(relay.last_picture(), picture) ? test::number_of(picture) : 0;
  };
  until_units([](const proto::Header& unit) { return unit.has(proto::flags::dup); });  // the pause
  CHECK(shown() == 600);
  relay.tell(proto::Meta{{}, {}, {}, {}, {}, {}, proto::RoomPlayback{proto::Phase::paused, 100'000, monotonic_us(), 2, 1}});
  until_units([](const proto::Header& unit) { return unit.has(proto::flags::discont) && unit.sequence > 0; });
  CHECK(shown() == 3'000);
  relay.tell(proto::Stop{stream});
  CHECK(wait_for<proto::Eos>(relay).reason == proto::EosReason::stopped);
}

TEST_CASE("leaving ends what is sent, says good-bye and tells the given ending") {
  test::MiniRelay relay({});
  Client client(link_to(relay), sending());
  client.until("published");
  client.post([](Room& room) { room.leave({ExitCode::interrupted, {}}); });
  CHECK(client.until("end").ending.code == ExitCode::interrupted);
  CHECK(wait_for<proto::Eos>(relay).reason == proto::EosReason::stopped);
}

}  // namespace matinee::desktop
