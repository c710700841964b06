#include "server/app/app.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>
#include "rooms/room_code.h"
#include "server/api/desktop_tokens.h"
#include "server/app/bench_mode.h"
#include "server/app/certificate.h"
#include "server/app/housekeeping.h"
#include "server/app/links.h"
#include "server/app/metrics_page.h"
#include "server/app/shard_thread.h"
#include "server/app/video_ports.h"
#include "server/app/waiting.h"
#include "server/auth/csrf.h"
#include "server/auth/setup_link.h"
#include "server/http/router.h"
#include "server/http/security_headers.h"
#include "server/http/static_files.h"
#include "server/library/library.h"
#include "server/library/limits.h"
#include "server/library/stills.h"
#include "server/media/ingest_routes.h"
#include "server/media/live_routes.h"
#include "server/media/recorders.h"
#include "server/net/listener.h"
#include "server/net/tls_context.h"
#include "server/ops/files.h"
#include "server/ops/log.h"
#include "server/ops/signals.h"
#include "server/pages/pages.h"
#include "server/pages/strings.h"
#include "server/pages/templates.h"
#include "server/previews/previews.h"
#include "server/shard/locator.h"

namespace matinee::app {
namespace {

constexpr std::size_t descriptors_beside_connections = 256;

struct Failure {
  std::string sentence;
};  // start-up only: caught in App::start

void require(bool fine, std::string sentence) {
  if (!fine) throw Failure{std::move(sentence)};
}

std::unique_ptr<store::Database> open_database(const ops::Config& config) {
  require(ops::prepare_data_folder(config.data_folder).empty(), ops::prepare_data_folder(config.data_folder));
  store::Options options;
  options.folder = config.data_folder;
  options.warn = [](std::string_view line) { ops::log_warning("storage", {{"what", line}}); };
  auto opened = store::Database::open(std::move(options));
  if (!opened) throw Failure{opened.error().sentence};
  return std::move(*opened);
}

std::size_t shard_count(const ops::Config& config) {
  if (config.shards > 0) return static_cast<std::size_t>(config.shards);
  return std::max<std::size_t>(1, std::thread::hardware_concurrency());
}

}  // namespace

struct App::State {
  explicit State(const ops::Config& given) : config(given), database(open_database(config)) {}
  ~State();
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  void load_files();
  void make_people();
  void make_shards();
  void listen();
  void open_library();
  void reload();
  void make_video(std::shared_ptr<const net::TlsContext> tls, const net::ConnectionLimits& limits,
                  std::shared_ptr<net::ConnectionCaps> caps);
  void make_router();
  [[nodiscard]] media::LiveServices live_services();
  [[nodiscard]] pages::DesktopVideo desktop_video();
  [[nodiscard]] pages::StreamServices stream_services();
  void finish_start();
  void stop();
  [[nodiscard]] Shared shared() {
    return {.config = config,
            .database = *database,
            .passwords = *passwords,
            .throttle = *throttle,
            .clock = clock,
            .room_passwords = *room_passwords,
            .homes = *homes,
            .page_version = page_version()};
  }
  // Scripts and styles count, not only the program: a page may hold parts of either, and fetches the rest when it needs it.
  [[nodiscard]] std::string page_version() const { return std::string(MATINEE_VERSION) + "+" + static_files->hash(); }
  void log_figures();
  [[nodiscard]] ShardThread& home_thread_of(std::string_view code) { return *shards[homes->of(code)]; }
  [[nodiscard]] shard::Shard& home_of(std::string_view code) { return home_thread_of(code).shard(); }
  [[nodiscard]] ShardThread& of(net::Loop& loop);

  ops::Config config;
  ops::ServerTime clock;
  std::unique_ptr<store::Database> database;
  std::unique_ptr<auth::Throttle> throttle;
  std::unique_ptr<auth::PasswordPool> passwords;
  std::atomic<net::Loop*> throttle_loop = nullptr;
  std::unique_ptr<seams::RoomPasswords> room_passwords;
  std::unique_ptr<shard::Homes> homes;
  std::unique_ptr<auth::FormTokens> form_tokens;
  std::unique_ptr<const media::ViewTokens> view_tokens;
  std::unique_ptr<const pages::Strings> strings;
  std::unique_ptr<const pages::Templates> templates;
  std::shared_ptr<const http::StaticFiles> static_files;
  std::unique_ptr<ops::HostRules> hosts;
  std::unique_ptr<previews::Previews> previews;  // none: switched off
  std::unique_ptr<library::Library> library;     // none: switched off
  std::unique_ptr<library::Stills> stills;
  std::vector<std::unique_ptr<ShardThread>> shards;
  std::unique_ptr<pages::Services> services;
  std::shared_ptr<http::Router> router;
  std::vector<std::unique_ptr<net::Listener>> listeners;
  std::vector<Listening> listening;
  std::unique_ptr<VideoPorts> video;     // none: switched off
  std::unique_ptr<MetricsPage> metrics;  // none: switched off
  std::unique_ptr<Housekeeping> housekeeping;
  std::string greeting;
  bool running = false;
};

ShardThread& App::State::of(net::Loop& loop) {
  const auto found = std::find_if(shards.begin(), shards.end(), [&](const auto& thread) { return &thread->loop() == &loop; });
  return **found;
}

void App::State::load_files() {
  std::string error;
  strings = pages::Strings::load(config.static_folder + "/js/strings", error);
  require(strings != nullptr, error);
  templates = pages::Templates::load(config.templates_folder, *strings, error);
  require(templates != nullptr, error);
  static_files = http::StaticFiles::load("/static", {{.path = config.static_folder}, {.path = MATINEE_BUILT_FOLDER}}, error);
  require(static_files != nullptr, error);
}

void App::State::make_people() {
  auth::PasswordPoolOptions options;
  options.cost = auth::at_least_floor({.memory_kib = static_cast<std::uint32_t>(config.argon2_memory_mib) * 1024,
                                       .passes = static_cast<std::uint32_t>(config.argon2_passes),
                                       .lanes = 1});
  passwords = std::make_unique<auth::PasswordPool>(options);
  net::Loop loop;
  // Saves of throttles are answered to the first shard once it runs; until then to the loop of start-up.
  throttle_loop = &loop;
  const seams::Executor to_throttle([this](seams::Executor::Work work) { throttle_loop.load()->post(std::move(work)); });
  throttle = std::make_unique<auth::Throttle>(auth::Throttle::Options{.unlimited = config.bench()}, &database->throttles(), to_throttle);
  const auto loaded =
      wait_for<seams::Result<void>>(loop, [&](const seams::Executor&, auto done) { throttle->load(clock.now_ms(), std::move(done)); });
  require(loaded.has_value(), "The data cannot be read: " + config.data_folder);
  const auto secret = wait_for<seams::Result<std::string>>(
      loop, [&](const seams::Executor& executor, auto done) { auth::load_server_secret(database->settings(), executor, std::move(done)); });
  require(secret.has_value(), "The data cannot be written: the server's own secret could not be stored.");
  form_tokens = std::make_unique<auth::FormTokens>(*secret);
  view_tokens = std::make_unique<const media::ViewTokens>(*secret);
  if (config.link_previews) {
    previews = std::make_unique<previews::Previews>(previews::PreviewsOptions{.oembed_url = config.youtube_oembed_url,
                                                                              .local_network = config.private_links,
                                                                              .user_agent = "Matinee/" MATINEE_VERSION,
                                                                              .now_ms = [this] { return clock.now_ms(); }});
  }
}

void App::State::make_shards() {
  room_passwords = std::make_unique<auth::PooledRoomPasswords>(*passwords, *throttle, [this] { return clock.now_ms(); });
  homes = std::make_unique<shard::Homes>(shard_count(config));
  for (std::size_t i = 0; i < shard_count(config); ++i) {
    shards.push_back(std::make_unique<ShardThread>(shared(), i));
    if (i == 0) throttle_loop = &shards.back()->loop();
    shards.back()->loop().tails().set_limit_bytes(net::all_tails_bytes_max / shard_count(config));
  }
  const auto budget = std::make_shared<videoproto::PoolBudget>();  // shared by the streams of all loops
  for (std::size_t i = 0; i < shards.size(); ++i) {
    shards[i]->serve_media(
        {.first_stream = static_cast<std::uint32_t>(i + 1), .stream_step = static_cast<std::uint32_t>(shards.size()), .budget = budget});
  }
}

void App::State::listen() {
  std::shared_ptr<const net::TlsContext> tls;
  std::string error;
  if (config.has_tls()) {
    tls = load_certificate(config, clock.now_ms(), error);
    require(tls != nullptr, error);
  }
  std::vector<net::Loop*> loops;
  for (auto& thread : shards) loops.push_back(&thread->loop());
  net::ConnectionLimits limits;
  limits.connections_max = static_cast<std::size_t>(config.connections_max);
  limits.connections_per_address_max = static_cast<std::size_t>(config.connections_per_address_max);
  const auto caps = std::make_shared<net::ConnectionCaps>(limits.connections_max, limits.connections_per_address_max);
  const auto open = [&](const std::string& address, std::int64_t port, bool secure) {
    net::ListenOptions options;
    options.address = address;
    options.port = static_cast<std::uint16_t>(port);
    if (secure) options.tls = tls;
    options.plain_too = secure;
    options.caps = caps;
    options.limits = limits;
    auto listener = net::Listener::open(
        *loops.front(), loops, std::move(options),
        [this](std::shared_ptr<net::Connection> connection) { of(connection->loop()).adopt(std::move(connection)); }, error);
    if (!listener) return false;
    listening.push_back({.address = address, .port = listener->port(), .secure = secure});
    listeners.push_back(std::move(listener));
    return true;
  };
  std::vector<std::string> addresses = config.addresses;
  const bool any = addresses.empty();
  if (any) addresses = {"::"};
  for (const std::string& address : addresses) {
    const bool first_secure = tls && config.tls_port == 0;
    bool opened = open(address, config.port, first_secure);
    if (!opened && any) opened = open("0.0.0.0", config.port, first_secure);  // a machine without IPv6
    require(opened, error);
    if (tls && config.tls_port != 0) require(open(listening.back().address, config.tls_port, true), error);
  }
  hosts = std::make_unique<ops::HostRules>(ops::host_rule_options(config, listening.back().port));
  if (config.video) make_video(tls, limits, caps);
  if (config.metrics_port >= 0) {
    metrics = MetricsPage::open(config.metrics_port, shards, error);
    require(metrics != nullptr, error);
  }
}

// The video port keeps what it began with: desktops know the server by it.
void App::State::reload() {
  const auto certificate = reload_certificate(config, clock.now_ms());
  if (!certificate) return;
  for (auto& listener : listeners) listener->show(certificate);
}

void App::State::make_video(std::shared_ptr<const net::TlsContext> tls, const net::ConnectionLimits& limits,
                            std::shared_ptr<net::ConnectionCaps> caps) {
  for (auto& thread : shards) thread->serve_video([this](const std::string& code) { return &home_thread_of(code).relay(); });
  VideoPortsParts parts{
      .config = config,
      .tls = std::move(tls),
      .loops = {},
      .addresses = {},
      .limits = limits,
      .caps = std::move(caps),
      .on_connection = [this](const std::shared_ptr<net::Connection>& connection) { of(connection->loop()).greet(*connection); }};
  for (auto& thread : shards) parts.loops.push_back(&thread->loop());
  for (const Listening& where : listening) {
    if (parts.addresses.empty() || parts.addresses.back() != where.address) parts.addresses.push_back(where.address);
  }
  std::string error;
  video = VideoPorts::open(std::move(parts), error);
  require(video != nullptr, error);
}

void App::State::open_library() {
  constexpr std::int64_t mib = 1024 * 1024;
  std::string error;
  library = library::Library::open({.folder = std::filesystem::path(config.data_folder) / "library",
                                    .quota = {.person_bytes = config.library_person_mib * mib,
                                              .all_bytes = config.library_total_mib * mib,
                                              .items = library::limits::items_max,
                                              .person_items = library::limits::items_per_person_max},
                                    .disk_reserve_bytes = library::limits::disk_reserve_bytes,
                                    .now_ms = [this] { return clock.now_ms(); },
                                    .samples = config.library_samples && !config.bench(),
                                    .tools = library::Tools::find()},
                                   database->library(), database->settings(), error);
  require(library != nullptr, error);
  for (auto& thread : shards) thread->relay().recorders().use(library->recordings());
}

pages::DesktopVideo App::State::desktop_video() {
  if (!video) return {};
  return {.make_pair =
              [this](const std::string& code, const auth::Identity& who, const std::string& address, seams::Executor executor,
                     std::function<void(std::optional<std::string>)> done) {
                ShardThread& home = home_thread_of(code);
                home.loop().post([&home, code, who, address, executor = std::move(executor), done = std::move(done)] {
                  executor([done, pair = home.make_pair(code, who, address)] { done(pair); });
                });
              },
          .port = video->port(),
          .short_print = video->short_print(),
          .pair_s = media::limits::pair_ms / 1'000};
}

pages::StreamServices App::State::stream_services() {
  return {.store = &database->streams(),
          .standing =
              [this](const std::string& code, seams::UserId who, seams::Executor executor,
                     std::function<void(std::optional<pages::RoomStanding>)> done) {
                ShardThread& home = home_thread_of(code);
                home.loop().post([&home, code, who, executor = std::move(executor), done = std::move(done)] {
                  std::optional<pages::RoomStanding> answer;
                  if (const auto found = home.shard().gate().standing(code, who))
                    answer = pages::RoomStanding{found->room, found->may_publish, found->may_edit};
                  executor([done, answer] { done(answer); });
                });
              },
          .changed = [this](seams::StreamId stream, const std::string& code) { home_thread_of(code).relay().check_media(stream); },
          .record =
              [this](pages::StreamServices::RecordWish wish, seams::Executor executor, auto done) {
                media::Relay& relay = home_thread_of(wish.code).relay();
                relay.loop().post([&relay, wish = std::move(wish), executor = std::move(executor), done = std::move(done)] {
                  relay.recorders().start(relay.find_media(wish.stream.value), {wish.who, wish.name, wish.title},
                                          [executor, done](tl::expected<std::string, seams::RecordRefusal> item) {
                                            executor([done, item = std::move(item)] { done(item); });
                                          });
                });
              },
          .stop_recording =
              [this](seams::StreamId stream, const std::string& code, seams::Executor executor, auto done) {
                media::Relay& relay = home_thread_of(code).relay();
                relay.loop().post([&relay, stream, executor = std::move(executor), done = std::move(done)] {
                  executor([done, ended = relay.recorders().stop(stream.value)] { done(ended); });
                });
              }};
}

media::LiveServices App::State::live_services() {
  if (!stills) stills = std::make_unique<library::Stills>(library::Tools::find());
  return {
      .home_of = [this](std::uint32_t stream) -> media::Relay& { return shards[(stream - 1) % shards.size()]->relay(); },
      .home_of_room = [this](const std::string& code) -> media::Relay& { return home_thread_of(code).relay(); },
      .find_stored = [this](net::Loop& loop, seams::StreamId stream,
                            auto done) { database->streams().find(stream, clock.now_ms(), of(loop).executor(), std::move(done)); },
      .find_visitor = [this](net::Loop& loop, const net::RequestHead& head, auto done) { of(loop).find_visitor(head, std::move(done)); },
      .is_from_here =
          [this](const http::Request& request) {
            const std::string_view origin = request.header("origin");
            return origin.empty() ? request.same_origin() : hosts->accepts_origin(origin, request.host(), request.secure());
          },
      .base_url = [this](const http::Request& request) { return hosts->base_url(request.host(), request.secure()); },
      .now_ms = [this] { return clock.now_ms(); },
      .make_still =
          [this](std::string format, std::function<std::string()> bytes, std::function<void(std::string)> done) {
            return stills->make({std::move(format), std::move(bytes), std::move(done)});
          },
      .form_tokens = *form_tokens,
      .view_tokens = *view_tokens};
}

void App::State::make_router() {
  http::RouterOptions options;
  options.allowed_host = [this](std::string_view host) { return hosts->accepts_host(host); };
  options.amend = http::security_headers(
      {.script_hashes = {}, .secure = hosts->is_secure(config.has_tls() && (config.plain_redirects || config.tls_port == 0))});
  if (config.has_tls() && config.plain_redirects) {
    // What only asks whether this server lives need not follow; nothing secret is in the answer.
    options.elsewhere = [this, port = listening.back().port](const http::Request& request) -> std::string {
      if (request.secure() || request.path() == "/healthz" || request.path() == "/readyz") return {};
      return hosts->secure_url(request.host(), port) + request.target();
    };
  }
  options.upgrade.accepts_origin = [this](std::string_view origin, const net::RequestHead& head) {
    return hosts->accepts_origin(origin, head.host, head.secure);
  };
  services = std::make_unique<pages::Services>(pages::Services{
      .strings = *strings,
      .templates = *templates,
      .static_files = *static_files,
      .hosts = *hosts,
      .form_tokens = *form_tokens,
      .throttle = *throttle,
      .users = database->users(),
      .settings = database->settings(),
      .rooms = database->rooms(),
      .now_ms = [this] { return clock.now_ms(); },
      .at = [this](net::Loop& loop) -> pages::LoopServices {
        ShardThread& thread = of(loop);
        return {.sessions = &thread.sessions(), .accounts = &thread.accounts(), .executor = thread.executor()};
      },
      .room_summary =
          [this](const std::string& code, const rooms::Person& viewer, seams::Executor executor,
                 std::function<void(std::optional<pages::RoomSummary>)> done) {
            home_of(code).with_summary(
                code, viewer,
                [this, executor = std::move(executor), done = std::move(done)](const std::optional<shard::RoomSummary>& found) {
                  if (!found) return executor([done] { done(std::nullopt); });
                  pages::RoomSummary summary{.people = static_cast<std::int64_t>(found->people),
                                             .watching = "",
                                             .file = found->file ? found->media_url : std::string(),
                                             .live = found->live};
                  if (const std::string id = library_id(found->media_url); library && !id.empty()) {
                    return library->store().find(id, executor, [done, summary](const seams::Result<seams::LibraryItem>& item) mutable {
                      if (item) summary.watching = item->title;
                      done(std::move(summary));
                    });
                  }
                  const auto stream = std::ranges::find(found->live, stream_id(found->media_url), &rooms::LiveStream::id);
                  const std::string title = stream != found->live.end() ? stream->title : previews ? previews->title(found->media_url) : "";
                  summary.watching = watching_title(found->media_url, title);
                  executor([done, summary = std::move(summary)] { done(summary); });
                });
          },
      .previews = previews.get(),
      .library = library.get(),
      .signups_open = config.signups_open,
      .guests = config.guests,
      .version = page_version(),
      .desktop_video = desktop_video(),
      .account_records = &database->account_records(),
      .streams = stream_services(),
      .reopen_room = [this](const std::string& code) { home_of(code).reopen(code); },
  });
  options.error_page = [this](const http::Request& request, int status, std::string_view) {
    return pages::router_error(*services, request, status);
  };
  router = std::make_shared<http::Router>(std::move(options));
  pages::add_pages(*router, *services);
  if (video) {
    api::add_desktop_tokens(*router, {.accounts = [this](net::Loop& loop) -> auth::Accounts& { return of(loop).accounts(); },
                                      .video_port = video->port(),
                                      .fingerprint = video->fingerprint()});
  }
  const media::LiveServices live = live_services();
  media::add_ingest(
      *router, {live.home_of_room, live.find_stored, live.find_visitor, live.is_from_here, *throttle, [this] { return clock.now_ms(); }});
  media::add_live(*router, live);
  router->websocket("/rooms/{code}/socket", [this](const http::RequestPtr& request, net::UpgradeRequest upgrade) {
    std::string code(request->path_param("code"));
    if (const auto canonical = rooms::read_room_code(code)) code = *canonical;
    shard::Shard& home = home_of(code);
    home.adopt(std::move(code), std::move(upgrade));
  });
  for (auto& thread : shards) thread->serve(router, *hosts);
}

void App::State::finish_start() {
  net::Loop loop;
  if (config.bench()) {
    const std::string problem = prepare_bench(config, *shards.front(), shared(), hosts->is_secure(listening.back().secure));
    require(problem.empty(), problem);
  }
  const auto token = wait_for<seams::Result<std::optional<std::string>>>(loop, [&](const seams::Executor& executor, auto done) {
    auth::make_setup_token(database->users(), database->settings(), executor, std::move(done));
  });
  std::string more = video ? app::video_greeting(video->listening(), video->fingerprint()) : std::string();
  if (metrics) more += "  metrics on http://127.0.0.1:" + std::to_string(metrics->port()) + "/metrics\n";
  greeting = app::greeting(listening, *hosts, MATINEE_VERSION, more, token ? *token : std::nullopt);
  ShardThread& first = *shards.front();
  housekeeping = std::make_unique<Housekeeping>(
      first.loop(), first.executor(),
      HousekeepingStores{database->messages(), database->rooms(), database->users(), database->sessions(), database->throttles()},
      [this] { return clock.now_ms(); },
      [this](const std::string& code, seams::Executor executor, std::function<void(bool)> done) {
        home_of(code).with_summary(
            code, std::nullopt, [executor = std::move(executor), done = std::move(done)](const std::optional<shard::RoomSummary>& found) {
              executor([done, open = found.has_value()] { done(open); });
            });
      });
  housekeeping->start();
  running = true;
  for (auto& thread : shards) thread->start();
}

// New connections end first; then every shard tells its people, saves its rooms and answers; then the threads and the writer stop.
void App::State::stop() {
  if (!running) return;
  running = false;
  std::mutex mutex;
  std::condition_variable changed;
  std::size_t left = shards.size();
  shards.front()->loop().post([this] {
    for (auto& listener : listeners) listener->stop();
    if (video) video->stop();
    if (metrics) metrics->stop();
  });
  for (auto& thread : shards) {
    thread->stop([&] {
      const std::lock_guard lock(mutex);
      --left;
      changed.notify_one();
    });
  }
  {
    std::unique_lock lock(mutex);
    changed.wait_for(lock, shard::limits::stop_max + std::chrono::seconds(2), [&] { return left == 0; });
  }
  log_figures();
  for (auto& thread : shards) thread->join();
  database->stop();
  const store::CommitFigures figures = database->figures();
  ops::log_info("stopped", {{"writes", figures.jobs},
                            {"commits", figures.groups},
                            {"failed_commits", figures.failed_groups},
                            {"commit_wait_p50_us", figures.wait_p50_us},
                            {"commit_wait_p99_us", figures.wait_p99_us}});
}

// What the relays did, for whoever tunes a server or looks into a complaint. The loops still run; one that hangs is not waited for.
void App::State::log_figures() {
  struct Gathering {
    std::mutex mutex;
    std::condition_variable changed;
    std::size_t left = 0;
    media::MediaCounters sum;
  };
  const auto all = std::make_shared<Gathering>();  // shared with answers that may come late
  all->left = shards.size();
  for (auto& thread : shards) {
    thread->with_counters([all](const shard::ShardCounters&, const media::MediaCounters& media) {
      const std::lock_guard lock(all->mutex);
      all->sum.desktops_total += media.desktops_total;
      all->sum.streams_total += media.streams_total;
      all->sum.pictures_in += media.pictures_in;
      all->sum.pictures_out += media.pictures_out;
      all->sum.pictures_dropped += media.pictures_dropped;
      all->sum.bytes_in += media.bytes_in;
      all->sum.bytes_out += media.bytes_out;
      --all->left;
      all->changed.notify_one();
    });
  }
  std::unique_lock lock(all->mutex);
  all->changed.wait_for(lock, std::chrono::seconds(1), [&] { return all->left == 0; });
  ops::log_info("live media", {{"desktops", all->sum.desktops_total},
                               {"streams", all->sum.streams_total},
                               {"pictures_in", all->sum.pictures_in},
                               {"pictures_out", all->sum.pictures_out},
                               {"pictures_dropped", all->sum.pictures_dropped},
                               {"bytes_in", all->sum.bytes_in},
                               {"bytes_out", all->sum.bytes_out}});
}

App::State::~State() {
  stop();
  for (auto& thread : shards) thread->join();
  passwords.reset();  // answers go to loops that still exist
  previews.reset();
  library.reset();
  stills.reset();
  database->stop();
  housekeeping.reset();
  listeners.clear();
  video.reset();
  metrics.reset();
  router.reset();
  shards.clear();
}

App::App(std::unique_ptr<State> state) : state_(std::move(state)) {}
App::~App() = default;

std::unique_ptr<App> App::start(const ops::Config& config, std::string& error) {
  try {
    const std::size_t wanted = static_cast<std::size_t>(config.connections_max) + descriptors_beside_connections;
    if (const std::size_t have = ops::raise_descriptor_limit(wanted); have < wanted)
      ops::log_warning("fewer open files are allowed than --max-connections needs", {{"allowed", have}, {"needed", wanted}});
    auto state = std::make_unique<State>(config);
    state->load_files();
    state->make_people();
    state->make_shards();
    state->listen();
    if (config.library) state->open_library();
    state->make_router();
    state->finish_start();
    return std::unique_ptr<App>(new App(std::move(state)));
  } catch (const Failure& failure) {
    error = failure.sentence;
    return nullptr;
  }
}

const std::string& App::greeting() const { return state_->greeting; }

void App::run_until(ops::Signals& signals) {
  for (;;) {
    const auto signal = signals.wait();
    if (signal == ops::Signal::stop) break;
    if (signal != ops::Signal::reload) continue;
    if (state_->config.has_tls()) state_->reload();
    else ops::log_info("nothing to reload: there is no --tls-cert; options are read at start only");
  }
  ops::log_info("stopping");
  state_->stop();
}

}  // namespace matinee::app
