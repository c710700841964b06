#include "tests/pages/world.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <fstream>
#include <future>
#include <thread>
#include "server/api/desktop_tokens.h"
#include "server/auth/csrf.h"
#include "server/auth/names.h"
#include "server/auth/setup_link.h"
#include "server/http/router.h"
#include "server/http/security_headers.h"
#include "server/http/static_files.h"
#include "server/net/http1.h"
#include "server/net/listener.h"
#include "server/net/loop.h"
#include "server/ops/host_rules.h"
#include "server/pages/pages.h"
#include "server/pages/strings.h"
#include "server/pages/templates.h"
#include "server/store/database.h"
#include "tests/store/temporary_folder.h"

namespace matinee::test {

struct World::State {
  explicit State(WorldOptions given) : options(std::move(given)) {}

  WorldOptions options;
  TemporaryFolder folder;
  std::atomic<std::int64_t> clock_ms{1'800'000'000'000};
  std::function<std::optional<pages::RoomSummary>(const std::string&)> summary;
  std::function<std::optional<std::string>(const std::string&, const auth::Identity&)> pairing;
  std::function<std::optional<pages::RoomStanding>(const std::string&, seams::UserId)> standing;
  std::vector<seams::StreamId> changed_streams;
  std::vector<std::string> reopened;
  std::unique_ptr<store::Database> database;
  net::Loop loop;
  seams::Executor executor{[this](seams::Executor::Work work) { loop.post(std::move(work)); }};
  std::unique_ptr<auth::PasswordPool> passwords;
  std::unique_ptr<auth::Throttle> throttle;
  std::unique_ptr<auth::SessionService> sessions;
  std::unique_ptr<auth::Accounts> accounts;
  auth::FormTokens tokens{"a secret for tests of thirty-two"};
  std::unique_ptr<const pages::Strings> strings;
  std::unique_ptr<const pages::Templates> templates;
  std::shared_ptr<const http::StaticFiles> files;
  std::unique_ptr<ops::HostRules> hosts;
  std::unique_ptr<pages::Services> services;
  std::shared_ptr<http::Router> router;
  std::unique_ptr<net::Http1Server> http;
  std::unique_ptr<net::Listener> listener;
  std::thread thread;

  void make_people();
  void make_pages();

  // Runs `start` on the loop and waits here for what its handler is given.
  template <class T, class Start>
  T await(Start start) {
    auto promise = std::make_shared<std::promise<T>>();
    auto answer = promise->get_future();
    loop.post([start = std::move(start), promise]() mutable { start([promise](T value) { promise->set_value(std::move(value)); }); });
    if (answer.wait_for(std::chrono::seconds(60)) != std::future_status::ready) throw std::runtime_error("no answer");
    return answer.get();
  }
};

void World::State::make_people() {
  auth::PasswordPoolOptions pool;
  pool.cost = {64, 1, 1};
  pool.threads = 1;
  pool.queue_max = options.password_queue;
  pool.nice = 0;
  passwords = std::make_unique<auth::PasswordPool>(pool);
  throttle = std::make_unique<auth::Throttle>(auth::Throttle::Options{.unlimited = !options.limits}, &database->throttles(), executor);
  const auto now = [this] { return clock_ms.load(); };
  sessions = std::make_unique<auth::SessionService>(database->sessions(), database->users(), executor, now);
  accounts = std::make_unique<auth::Accounts>(database->users(), *sessions, *passwords, *throttle, executor, now);
}

void World::State::make_pages() {
  std::string error;
  strings = pages::Strings::load(MATINEE_SOURCE_FOLDER "/static/js/strings", error);
  if (!strings) throw std::runtime_error(error);
  templates = pages::Templates::load(MATINEE_SOURCE_FOLDER "/templates", *strings, error);
  if (!templates) throw std::runtime_error(error);
  std::filesystem::create_directories(folder.path() / "static" / "img");
  std::ofstream(folder.path() / "static" / "img" / "mark.svg") << "<svg/>";
  files = http::StaticFiles::load("/static", (folder.path() / "static").string(), error);
  if (!files) throw std::runtime_error(error);
  services = std::make_unique<pages::Services>(pages::Services{
      .strings = *strings,
      .templates = *templates,
      .static_files = *files,
      .hosts = *hosts,
      .form_tokens = tokens,
      .throttle = *throttle,
      .users = database->users(),
      .settings = database->settings(),
      .rooms = database->rooms(),
      .now_ms = [this] { return clock_ms.load(); },
      .at =
          [this](net::Loop&) {
            return pages::LoopServices{sessions.get(), accounts.get(), executor};
          },
      .room_summary =
          [this](const std::string& code, const rooms::Person&, const seams::Executor& on,
                 const std::function<void(std::optional<pages::RoomSummary>)>& done) {
            on([this, code, done] { done(summary ? summary(code) : std::nullopt); });
          },
      .signups_open = options.signups_open,
      .guests = options.guests,
      .version = "1.2.3",
      .desktop_video = {.make_pair =
                            [this](const std::string& code, const auth::Identity& who, const std::string&, const seams::Executor& on,
                                   const std::function<void(std::optional<std::string>)>& done) {
                              on([this, code, who, done] { done(pairing ? pairing(code, who) : std::nullopt); });
                            },
                        .port = 8090,
                        .short_print = "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
                        .pair_s = 300},
      .account_records = &database->account_records(),
      .streams = {.store = &database->streams(),
                  .standing =
                      [this](const std::string& code, seams::UserId who, const seams::Executor& on,
                             const std::function<void(std::optional<pages::RoomStanding>)>& done) {
                        on([this, code, who, done] { done(standing ? standing(code, who) : std::nullopt); });
                      },
                  .changed = [this](seams::StreamId stream, const std::string&) { changed_streams.push_back(stream); },
                  .record = {},
                  .stop_recording = {}},
      .reopen_room = [this](const std::string& code) { reopened.push_back(code); },
  });
  http::RouterOptions routing;
  routing.allowed_host = [this](std::string_view host) { return hosts->accepts_host(host); };
  routing.amend = http::security_headers({.secure = hosts->is_secure(false)});
  routing.error_page = [this](const http::Request& request, int status, std::string_view) {
    return pages::router_error(*services, request, status);
  };
  router = std::make_shared<http::Router>(std::move(routing));
  pages::add_pages(*router, *services);
  api::add_desktop_tokens(
      *router,
      {.accounts = [this](net::Loop&) -> auth::Accounts& { return *accounts; }, .video_port = 8090, .fingerprint = std::string(64, 'a')});
}

std::vector<std::string> World::reopened_rooms() {
  return state_->await<std::vector<std::string>>([this](auto done) { done(state_->reopened); });
}

World::World(WorldOptions options) : state_(std::make_unique<State>(std::move(options))) {
  State& s = *state_;
  store::Options storage;
  storage.folder = s.folder.path() / "data";
  auto opened = store::Database::open(std::move(storage));
  if (!opened) throw std::runtime_error(opened.error().sentence);
  s.database = std::move(*opened);
  s.make_people();
  std::string error;
  s.listener = net::Listener::open(
      s.loop, {&s.loop}, {}, [&s](std::shared_ptr<net::Connection> connection) { s.http->adopt(std::move(connection)); }, error);
  if (!s.listener) throw std::runtime_error(error);
  s.hosts = std::make_unique<ops::HostRules>(ops::HostRuleOptions{s.options.public_url, {"matinee.test"}, s.listener->port(), false});
  s.make_pages();
  s.http = std::make_unique<net::Http1Server>(s.loop, s.router, net::HttpLimits{});
  s.thread = std::thread([&s] { s.loop.run(); });
}

World::~World() {
  State& s = *state_;
  s.loop.post([&s] {
    s.listener->stop();
    s.http->drain();
  });
  s.loop.stop();
  s.thread.join();
  s.listener.reset();
  s.http.reset();
  s.accounts.reset();
  s.passwords.reset();
  s.sessions.reset();
  s.database->stop();
}

std::uint16_t World::port() const { return state_->listener->port(); }
void World::pass_ms(std::int64_t ms) { state_->clock_ms += ms; }
std::int64_t World::now_ms() const { return state_->clock_ms; }
void World::stop_store() { state_->database->stop(); }

void World::on_summary(std::function<std::optional<pages::RoomSummary>(const std::string&)> answer) {
  state_->await<bool>([this, answer = std::move(answer)](auto done) {
    state_->summary = answer;
    done(true);
  });
}

void World::on_pairing(std::function<std::optional<std::string>(const std::string&, const auth::Identity&)> answer) {
  state_->await<bool>([this, answer = std::move(answer)](auto done) {
    state_->pairing = answer;
    done(true);
  });
}

void World::on_standing(std::function<std::optional<pages::RoomStanding>(const std::string&, seams::UserId)> answer) {
  state_->await<bool>([this, answer = std::move(answer)](auto done) {
    state_->standing = answer;
    done(true);
  });
}

std::vector<seams::StreamId> World::changed_streams() {
  return state_->await<std::vector<seams::StreamId>>([this](auto done) { done(state_->changed_streams); });
}

seams::Result<seams::StreamRecord> World::stream(seams::StreamId id) {
  return state_->await<seams::Result<seams::StreamRecord>>(
      [this, id](auto done) { state_->database->streams().find(id, state_->clock_ms, state_->executor, done); });
}

seams::Result<auth::Identity> World::resolve(const std::string& token) {
  return state_->await<seams::Result<auth::Identity>>([this, token](auto done) { state_->sessions->resolve(token, done); });
}

Browser World::account(const std::string& name) {
  Browser person = browser();
  person.get("/signup");
  const Answer answer = person.post("/signup", {{"name", name}, {"password", password}});
  REQUIRE(answer.status == 303);
  person.get("/");
  return person;
}

Browser World::guest(const std::string& name) {
  Browser person = browser();
  person.get("/");
  REQUIRE(person.post("/rooms", {{"name", name}}).status == 303);
  person.get("/");
  return person;
}

std::string World::open_room(Browser& owner) {
  owner.get("/");
  const Answer answer = owner.post("/rooms", {{"name", "Somebody"}});
  REQUIRE(answer.status == 303);
  const std::string location = answer.header("location");
  REQUIRE(location.rfind("/rooms/", 0) == 0);
  return location.substr(7);
}

seams::RoomRecord World::room(const std::string& code) {
  auto found = state_->await<seams::Result<seams::RoomRecord>>(
      [this, code](auto done) { state_->database->rooms().lookup(code, state_->executor, done); });
  REQUIRE(found.has_value());
  return *found;
}

void World::block(const std::string& code, seams::UserId user, const std::string& address, std::int64_t until_ms) {
  const seams::RoomWriter writer{room(code).id, room(code).epoch};
  const auto done = state_->await<seams::Result<void>>([this, writer, user, address, until_ms](auto handler) {
    state_->database->rooms().set_block(writer, {user, "blocked", address, until_ms}, state_->executor, handler);
  });
  REQUIRE(done.has_value());
}

void World::end_room(const std::string& code) {
  const seams::RoomWriter writer{room(code).id, room(code).epoch};
  const auto done = state_->await<seams::Result<void>>(
      [this, writer](auto handler) { state_->database->rooms().end(writer, state_->clock_ms, state_->executor, handler); });
  REQUIRE(done.has_value());
}

void World::rename(const std::string& code, const std::string& name) {
  const seams::RoomRecord record = room(code);
  const auto done = state_->await<seams::Result<void>>([&](auto handler) {
    state_->database->rooms().save_settings({record.id, record.epoch}, name, record.settings, state_->executor, handler);
  });
  REQUIRE(done.has_value());
}

void World::set_access(const std::string& code, seams::AccessRecord access) {
  const seams::RoomWriter writer{room(code).id, room(code).epoch};
  const auto done = state_->await<seams::Result<void>>(
      [&](auto handler) { state_->database->rooms().set_access(writer, access, state_->executor, handler); });
  REQUIRE(done.has_value());
}

void World::admit(const std::string& code, const std::string& account) {
  const seams::RoomWriter writer{room(code).id, room(code).epoch};
  const seams::UserId who = user(account);
  const auto done = state_->await<seams::Result<void>>(
      [&](auto handler) { state_->database->rooms().set_admitted(writer, who, true, state_->executor, handler); });
  REQUIRE(done.has_value());
}

void World::visit(const std::string& code, const std::string& account) {
  const seams::RoomId id = room(code).id;
  const seams::UserId who = user(account);
  const auto done = state_->await<seams::Result<void>>(
      [&](auto handler) { state_->database->rooms().record_visit(id, who, state_->clock_ms, state_->executor, handler); });
  REQUIRE(done.has_value());
}

seams::UserId World::user(const std::string& account) {
  const auto keys = auth::log_in_keys(account);
  const auto found = state_->await<seams::Result<seams::User>>(
      [this, keys](auto done) { state_->database->users().by_name_or_email(keys.name_key, keys.email_key, state_->executor, done); });
  REQUIRE(found.has_value());
  return found->id;
}

bool World::is_admin(const std::string& name) {
  const auto keys = auth::log_in_keys(name);
  const auto user = state_->await<seams::Result<seams::User>>(
      [this, keys](auto done) { state_->database->users().by_name_or_email(keys.name_key, keys.email_key, state_->executor, done); });
  return user && user->admin;
}

std::string World::setup_token() {
  const auto made = state_->await<seams::Result<std::optional<std::string>>>(
      [this](auto done) { auth::make_setup_token(state_->database->users(), state_->database->settings(), state_->executor, done); });
  REQUIRE(made.has_value());
  return made->value_or("");
}

void World::say(const std::string& code, std::int64_t seq, seams::UserId author, const std::string& text) {
  seams::AppendRequest request;
  request.room = room(code).id;
  request.epoch = room(code).epoch;
  request.seq = rooms::Seq{seq};
  request.author = author;
  request.message_id = "message-" + std::to_string(seq);
  request.body = text;
  request.extra = R"({"name":"As it was then"})";
  request.at_ms = state_->clock_ms;
  const auto outcome = state_->await<seams::AppendOutcome>(
      [this, request](auto done) { state_->database->messages().append(request, state_->executor, done); });
  REQUIRE(outcome.what == seams::AppendOutcome::What::appended);
}

std::vector<seams::StoredMessage> World::messages(const std::string& code) {
  const seams::ReadRequest all{room(code).id, std::nullopt, std::nullopt, 100'000};
  const auto page = state_->await<seams::Result<std::vector<seams::StoredMessage>>>(
      [this, all](auto done) { state_->database->messages().read(all, state_->executor, done); });
  REQUIRE(page.has_value());
  return *page;
}

void World::visit(const std::string& code, seams::UserId user) {
  const seams::RoomId id = room(code).id;
  const auto done = state_->await<seams::Result<void>>(
      [this, id, user](auto handler) { state_->database->rooms().record_visit(id, user, state_->clock_ms, state_->executor, handler); });
  REQUIRE(done.has_value());
}

seams::UserId World::user_of(const std::string& name) {
  const auto keys = auth::log_in_keys(name);
  const auto user = state_->await<seams::Result<seams::User>>(
      [this, keys](auto done) { state_->database->users().by_name_or_email(keys.name_key, keys.email_key, state_->executor, done); });
  REQUIRE(user.has_value());
  return user->id;
}

void World::make_admin(const std::string& name) {
  const seams::UserId user = user_of(name);
  const auto made = state_->await<seams::Result<void>>(
      [this, user](auto done) { state_->database->users().set_admin(user, true, state_->executor, done); });
  REQUIRE(made.has_value());
}

}  // namespace matinee::test
