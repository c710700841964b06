// The service: one question for many who ask, memory and queue within their bounds, and what each kind of answer becomes.
#include "server/previews/previews.h"
#include <catch2/catch.hpp>
#include <chrono>
#include "tests/previews/small_site.h"
#include "tests/store/test_loop.h"

using namespace matinee;
using namespace matinee::previews;
using test::SiteRequest;
using test::SmallSite;

namespace {

constexpr std::int64_t start_ms = 1'000'000;

struct World {
  explicit World(SmallSite::Answer answer, std::size_t workers = limits::workers, std::size_t queued_max = limits::queued_max)
      : site(std::move(answer)),
        previews(std::make_unique<Previews>(PreviewsOptions{.oembed_url = site.url("/oembed"),
                                                            .local_network = true,
                                                            .now_ms = [this] { return now_ms; },
                                                            .workers = workers,
                                                            .queued_max = queued_max})) {}

  std::optional<Preview> look(const rooms::MediaRef& media) {
    return loop.await<std::optional<Preview>>([&](auto done) { previews->look(media, loop.executor(), done); });
  }
  Previews::Subtitles subtitles(const std::string& path) {
    return loop.await<Previews::Subtitles>([&](auto done) { previews->subtitles(site.url(path), loop.executor(), done); });
  }
  [[nodiscard]] rooms::MediaRef file(const std::string& path) const { return {rooms::MediaKind::file, site.url(path), "", 0, false}; }
  static rooms::MediaRef youtube(const std::string& id) {
    return {rooms::MediaKind::youtube, "https://www.youtube.com/watch?v=" + id, id, 0, false};
  }

  std::int64_t now_ms = start_ms;
  test::TestLoop loop;
  SmallSite site;
  std::unique_ptr<Previews> previews;
};

}  // namespace

TEST_CASE("a video of YouTube has the title, author and picture that oEmbed tells") {
  const std::string jpeg = "\xFF\xD8\xFF\xE0 picture";
  World world([&](const SiteRequest& request) {
    if (request.path == "/p.jpg") return SmallSite::ok(jpeg, "text/html");
    const std::string host = request.head.substr(request.head.find("Host: ") + 6);
    return SmallSite::ok(R"({"title":"A film","author_name":"Ann","thumbnail_url":"http://)" + host.substr(0, host.find('\r')) +
                         "/p.jpg\"}");
  });
  const auto preview = world.look(World::youtube("dQw4w9WgXcQ"));
  REQUIRE(preview);
  CHECK((preview->known && preview->title == "A film" && preview->author == "Ann" && preview->refusal == Refusal::none));
  CHECK(world.site.requests()[0].path == "/oembed?format=json&url=https%3A%2F%2Fwww.youtube.com%2Fwatch%3Fv%3DdQw4w9WgXcQ");
  const auto picture = world.previews->picture(preview->picture_key);
  REQUIRE(picture);
  CHECK((picture->bytes == jpeg && picture->type == "image/jpeg"));
  CHECK(world.previews->picture("") == nullptr);
  CHECK(world.previews->title("https://www.youtube.com/watch?v=dQw4w9WgXcQ") == "A film");
}

TEST_CASE("a picture of 512 KiB is kept; a larger one, a missing one and what is no picture are not") {
  World world([](const SiteRequest& request) {
    const std::string host = request.head.substr(request.head.find("Host: ") + 6);
    const std::string head = "\xFF\xD8\xFF";
    if (request.path == "/largest") return SmallSite::ok(head + std::string(limits::picture_bytes_max - 3, 'x'));
    if (request.path == "/larger") return SmallSite::ok(head + std::string(limits::picture_bytes_max - 2, 'x'));
    if (request.path == "/svg") return SmallSite::ok("<svg onload='alert(1)'/>", "image/svg+xml");
    if (request.path == "/missing") return SmallSite::status(404);
    const std::string id = request.path.substr(request.path.rfind("%3D") + 3);
    return SmallSite::ok(R"({"title":"t","thumbnail_url":"http://)" + host.substr(0, host.find('\r')) + "/" + id + "\"}");
  });
  CHECK(world.look(World::youtube("largest"))->picture_key.size() == 32);
  for (const char* id : {"larger", "svg", "missing"}) {
    const auto preview = world.look(World::youtube(id));
    CHECK((preview->title == "t" && preview->picture_key.empty()));
  }
}

TEST_CASE("what YouTube refuses is a sentence, and trouble there is none") {
  World world([](const SiteRequest& request) {
    const std::string id = request.path.substr(request.path.rfind("%3D") + 3);
    if (id == "large") return SmallSite::ok("{\"title\":\"" + std::string(limits::oembed_bytes_max, 'x') + "\"}");
    if (id == "broken") return SmallSite::ok("\x1f\x8b\x08 not JSON");
    return SmallSite::status(std::stoi(id));
  });
  const auto sentence = [&](const char* id) { return std::string(text_of(world.look(World::youtube(id))->refusal).sentence); };
  CHECK(sentence("401") == "Its owner does not allow other sites to play it.");
  CHECK(sentence("403") == "This video is private.");
  CHECK(sentence("404") == "This video does not exist.");
  CHECK(sentence("400") == "This video does not exist.");
  for (const char* id : {"500", "429", "large", "broken"}) {
    const auto preview = world.look(World::youtube(id));
    CHECK((!preview->known && preview->refusal == Refusal::none && preview->title.empty()));
  }
}

TEST_CASE("a file has its name, size and length, or the reason why not") {
  const std::string mvhd = std::string("\0\0\0\x6cmvhd\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x03\xe8\0\0\x75\x30", 28) + std::string(80, '\0');
  const std::string film = std::string("\0\0\0\x0c", 4) + "ftypisom" + std::string("\0\0\0\x74moov", 8) + mvhd;
  World world([&](const SiteRequest& request) -> std::optional<std::string> {
    if (request.path == "/a%20film.mp4") return SmallSite::ok(film, "application/octet-stream");
    if (request.path == "/page.mp4") return SmallSite::ok("<!doctype html>", "text/html");
    if (request.path == "/odd.mp4") return SmallSite::ok(film, "text/html");
    if (request.path == "/picture.mp4") return SmallSite::ok("\x89PNG", "image/png");
    if (request.path == "/list.m3u8") return SmallSite::ok("#EXTM3U\n");
    if (request.path == "/nolist.m3u8") return SmallSite::ok("something");
    if (request.path == "/empty.mp4") return SmallSite::status(416);
    return SmallSite::status(std::stoi(request.path.substr(1)));
  });
  const auto preview = world.look(world.file("/a%20film.mp4"));
  CHECK((preview->title == "a film.mp4" && preview->size_bytes == film.size() && preview->duration_ms == 30'000 &&
         preview->refusal == Refusal::none));
  const auto refusal = [&](const char* path, rooms::MediaKind kind = rooms::MediaKind::file) {
    auto media = world.file(path);
    media.kind = kind;
    return world.look(media)->refusal;
  };
  CHECK(refusal("/page.mp4") == Refusal::not_media);
  CHECK(refusal("/picture.mp4") == Refusal::not_media);
  CHECK(refusal("/empty.mp4") == Refusal::not_media);
  CHECK(refusal("/odd.mp4") == Refusal::none);
  CHECK(refusal("/list.m3u8", rooms::MediaKind::hls) == Refusal::none);
  CHECK(refusal("/nolist.m3u8", rooms::MediaKind::hls) == Refusal::not_media);
  CHECK(refusal("/404.mp4") == Refusal::no_file);
  CHECK(refusal("/410.mp4") == Refusal::no_file);
  CHECK(refusal("/403.mp4") == Refusal::not_allowed);
  CHECK(refusal("/500.mp4") == Refusal::trouble);
  CHECK(world.look({rooms::MediaKind::file, "http://169.254.169.254/latest.mp4", "", 0, false})->known == false);
}

TEST_CASE("subtitles up to 1 MiB are handed on as they are, larger ones and other files are refused") {
  const std::string head = "WEBVTT\n\n00:01.000 --> 00:02.000\n";
  World world([&](const SiteRequest& request) {
    if (request.path == "/largest") return SmallSite::ok(head + std::string(limits::subtitle_bytes_max - head.size(), 'x'));
    if (request.path == "/larger") return SmallSite::ok(head + std::string(limits::subtitle_bytes_max - head.size() + 1, 'x'));
    if (request.path == "/page") return SmallSite::ok("<!DOCTYPE html> -->");
    return SmallSite::status(404);
  });
  CHECK(world.subtitles("/largest")->value().size() == limits::subtitle_bytes_max);
  CHECK(world.subtitles("/larger")->error() == Refusal::too_large);
  CHECK(world.subtitles("/page")->error() == Refusal::not_subtitles);
  CHECK(world.subtitles("/missing")->error() == Refusal::no_file);
  Previews::Subtitles bad = world.loop.await<Previews::Subtitles>(
      [&](auto done) { world.previews->subtitles("file:///etc/passwd", world.loop.executor(), done); });
  CHECK(bad->error() == Refusal::bad_link);
}

TEST_CASE("a thousand who ask for one link make one request, and the one beyond is told to wait") {
  World world([](const SiteRequest&) { return std::nullopt; });
  std::size_t answers = 0;
  std::size_t busy = 0;
  const auto count = [&](const std::optional<Preview>& preview) {
    ++answers;
    if (!preview) ++busy;
  };
  for (std::size_t i = 0; i < limits::waiting_max; ++i) world.previews->look(world.file("/slow.mp4"), world.loop.executor(), count);
  world.site.wait_for_requests(1);
  CHECK(answers == 0);
  world.previews->look(world.file("/slow.mp4"), world.loop.executor(), count);
  world.loop.run_until([&] { return answers == 1; });
  CHECK(busy == 1);
  world.previews.reset();  // ends what is under way: everybody is answered
  world.loop.run_until([&] { return answers == limits::waiting_max + 1; });
  CHECK(world.site.requests().size() == 1);
}

TEST_CASE("64 links wait for a worker and the one beyond is told to wait; all are answered at the end") {
  World world([](const SiteRequest&) { return std::nullopt; }, 1);
  std::size_t answers = 0;
  const auto count = [&](const std::optional<Preview>&) { ++answers; };
  world.previews->look(world.file("/first.mp4"), world.loop.executor(), count);
  world.site.wait_for_requests(1);
  for (std::size_t i = 0; i < limits::queued_max; ++i)
    world.previews->look(world.file("/" + std::to_string(i) + ".mp4"), world.loop.executor(), count);
  world.loop.run_ready();
  CHECK(answers == 0);
  CHECK(world.look(world.file("/beyond.mp4")) == std::nullopt);
  CHECK(world.subtitles("/beyond.vtt") == std::nullopt);
  world.previews.reset();
  world.loop.run_until([&] { return answers == limits::queued_max + 1; });
}

TEST_CASE("what was found is kept for an hour, a refusal for five minutes, no answer for half a minute") {
  World world([](const SiteRequest& request) {
    if (request.path == "/fine.mp4") return SmallSite::ok("film");
    return request.path == "/gone.mp4" ? SmallSite::status(404) : std::string("nonsense");
  });
  const auto [path, kept] = GENERATE(table<const char*, std::int64_t>(
      {{"/fine.mp4", limits::kept_ms}, {"/gone.mp4", limits::kept_refused_ms}, {"/broken.mp4", limits::kept_unknown_ms}}));
  CHECK(world.look(world.file(path)).has_value());
  world.now_ms += kept - 1;
  CHECK(world.previews->known(world.file(path)).has_value());
  world.now_ms += 1;
  CHECK_FALSE(world.previews->known(world.file(path)).has_value());
  CHECK(world.look(world.file(path)).has_value());
  CHECK(world.site.requests().size() == 2);
}

TEST_CASE("the memory holds a thousand links and 32 MiB, and forgets the one unused longest") {
  Cache cache(limits::cached_max, limits::cached_bytes_max);
  const auto url = [](std::size_t i) { return "https://a.test/" + std::to_string(i); };
  for (std::size_t i = 0; i < limits::cached_max; ++i) cache.put(url(i), {}, nullptr, 10);
  CHECK(cache.find(url(0), 0).has_value());
  cache.put("https://a.test/new", {}, nullptr, 10);
  CHECK((cache.size() == limits::cached_max && cache.find(url(0), 0) && !cache.find(url(1), 0)));

  Cache pictures(limits::cached_max, limits::cached_bytes_max);
  for (int i = 0; i < 100; ++i) {
    Preview preview;
    preview.picture_key = "key" + std::to_string(i);
    pictures.put("u" + std::to_string(i), preview,
                 std::make_shared<const Picture>(Picture{std::string(limits::picture_bytes_max, 'x'), "image/png"}), 10);
    CHECK(pictures.bytes() <= limits::cached_bytes_max);
  }
  CHECK(pictures.size() == 63);  // 64 pictures of half a mebibyte and their entries are a little more than 32 MiB
  CHECK((pictures.picture("key99") != nullptr && pictures.picture("key0") == nullptr));
}
