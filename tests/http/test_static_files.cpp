#include <catch2/catch.hpp>

#include <fcntl.h>
#include <zlib.h>

#include "server/http/file_answer.h"
#include "server/http/static_files.h"
#include "tests/http/router_fixture.h"
#include "tests/support/temp_folder.h"

using namespace matinee;
using namespace matinee::http;
using namespace matinee::test;

namespace {

const std::string script = "export const answer = 42;\n" + std::string(2000, ' ') + "// end\n";

std::shared_ptr<const StaticFiles> load(const std::string& folder) {
  std::string error;
  auto files = StaticFiles::load("/static", folder, error);
  REQUIRE(error.empty());
  return files;
}

std::string gunzip(const std::string& bytes) {
  z_stream stream{};
  ::inflateInit2(&stream, 15 + 16);
  std::string out(100'000, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  CHECK(::inflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(out.size() - stream.avail_out);
  ::inflateEnd(&stream);
  return out;
}

void mount(Router& router, const std::shared_ptr<const StaticFiles>& files) {
  router.get("/static/{name...}", [files](const RequestPtr& request, Responder responder) {
    files->serve(*request, std::move(responder), request->path_param("name"));
  });
}

}  // namespace

TEST_CASE("files come by their hashed address for ever, by their plain name revalidated") {
  TempFolder folder;
  folder.write("js/app.js", script);
  folder.write("css/app.css", "body{}");
  const auto files = load(folder.path());
  CHECK(files->file_count() == 2);
  CHECK(files->asset_url("js/app.js") == "/static/" + files->hash() + "/js/app.js");
  RouterFixture fixture([&](Router& router) { mount(router, files); });
  RawClient client(fixture.port());
  const RawResponse hashed = client.get(files->asset_url("js/app.js"));
  CHECK(hashed.body == script);
  CHECK(hashed.headers.at("content-type") == "text/javascript; charset=utf-8");
  CHECK(hashed.headers.at("cache-control") == "public, max-age=31536000, immutable");
  const RawResponse plain = client.get("/static/css/app.css");
  CHECK(plain.body == "body{}");
  CHECK(plain.headers.at("cache-control") == "no-cache");
  const RawResponse old = client.get("/static/0123456789abcdef/css/app.css");
  CHECK(old.body == "body{}");
  CHECK(old.headers.at("cache-control") == "no-cache");
}

TEST_CASE("what was not there at start does not exist, whatever the path says") {
  TempFolder folder;
  folder.write("public/a.txt", "a");
  folder.write("secret.txt", "secret");
  folder.write("public/.hidden", "hidden");
  folder.write("public/.git/config", "hidden");
  const auto files = load(folder.path() + "/public");
  folder.write("public/late.txt", "late");
  CHECK(files->file_count() == 1);
  RouterFixture fixture([&](Router& router) { mount(router, files); });
  RawClient client(fixture.port());
  CHECK(client.get("/static/a.txt").body == "a");
  for (const char* name :
       {"../secret.txt", "..%2Fsecret.txt", "./a.txt", "a.txt/", "/a.txt", ".hidden", ".git/config", "late.txt", "", "A.TXT"}) {
    INFO(name);
    const int status = client.get("/static/" + std::string(name)).status;
    CHECK((status == 404 || status == 400));
  }
}

TEST_CASE("the tree's hash follows names and content") {
  TempFolder folder;
  folder.write("a.txt", "1");
  const std::string first = load(folder.path())->hash();
  CHECK(load(folder.path())->hash() == first);
  folder.write("a.txt", "2");
  const std::string second = load(folder.path())->hash();
  CHECK(second != first);
  folder.write("b.txt", "2");
  CHECK(load(folder.path())->hash() != second);
}

TEST_CASE("a known ETag is answered with 304") {
  TempFolder folder;
  folder.write("a.txt", "hello");
  const auto files = load(folder.path());
  RouterFixture fixture([&](Router& router) { mount(router, files); });
  RawClient client(fixture.port());
  const std::string etag = client.get("/static/a.txt").headers.at("etag");
  CHECK(etag.front() == '"');
  const RawResponse same = client.get("/static/a.txt", "If-None-Match: " + etag + "\r\n");
  CHECK(same.status == 304);
  CHECK(same.headers.at("etag") == etag);
  CHECK(same.headers.count("content-length") == 0);
  CHECK(client.get("/static/a.txt", "If-None-Match: \"other\"\r\n").body == "hello");
}

TEST_CASE("text is sent compressed to those who take it, under an ETag of its own") {
  TempFolder folder;
  folder.write("app.js", script);
  folder.write("tiny.js", "1");
  folder.write("photo.png", std::string(5000, 'x'));
  const auto files = load(folder.path());
  RouterFixture fixture([&](Router& router) { mount(router, files); });
  RawClient client(fixture.port());
  const RawResponse small = client.get("/static/app.js", "Accept-Encoding: br, gzip\r\n");
  CHECK(small.headers.at("content-encoding") == "gzip");
  CHECK(small.headers.at("vary") == "Accept-Encoding");
  CHECK(small.body.size() < script.size());
  CHECK(gunzip(small.body) == script);
  const RawResponse plain = client.get("/static/app.js");
  CHECK(plain.headers.count("content-encoding") == 0);
  CHECK(plain.headers.at("vary") == "Accept-Encoding");
  CHECK(plain.headers.at("etag") != small.headers.at("etag"));
  CHECK(client.get("/static/app.js", "Accept-Encoding: gzip\r\nIf-None-Match: " + small.headers.at("etag") + "\r\n").status == 304);
  CHECK(client.get("/static/tiny.js", "Accept-Encoding: gzip\r\n").headers.count("content-encoding") == 0);
  CHECK(client.get("/static/photo.png", "Accept-Encoding: gzip\r\n").headers.count("content-encoding") == 0);
}

TEST_CASE("parts of a file come as asked, from memory and from the disk") {
  TempFolder folder;
  const std::string path = folder.write("clip.mp4", "0123456789");
  const auto files = load(folder.path());
  RouterFixture fixture([&](Router& router) {
    mount(router, files);
    router.get("/disk", [&](const RequestPtr& request, Responder responder) {
      answer_file(*request, std::move(responder), {"\"disk\"", "video/mp4", "no-cache"}, ::open(path.c_str(), O_RDONLY | O_CLOEXEC), 10);
    });
  });
  RawClient client(fixture.port());
  for (const std::string target : {"/static/clip.mp4", "/disk"}) {
    INFO(target);
    const RawResponse whole = client.get(target);
    CHECK(whole.body == "0123456789");
    CHECK(whole.headers.at("accept-ranges") == "bytes");
    const RawResponse part = client.get(target, "Range: bytes=2-4\r\n");
    CHECK(part.status == 206);
    CHECK(part.body == "234");
    CHECK(part.headers.at("content-range") == "bytes 2-4/10");
    CHECK(client.get(target, "Range: bytes=-3\r\n").body == "789");
    const RawResponse beyond = client.get(target, "Range: bytes=10-\r\n");
    CHECK(beyond.status == 416);
    CHECK(beyond.headers.at("content-range") == "bytes */10");
    const std::string etag = whole.headers.at("etag");
    CHECK(client.get(target, "Range: bytes=2-4\r\nIf-Range: " + etag + "\r\n").status == 206);
    CHECK(client.get(target, "Range: bytes=2-4\r\nIf-Range: \"old\"\r\n").status == 200);
    CHECK(client.get(target, "If-None-Match: " + etag + "\r\nRange: bytes=2-4\r\n").status == 304);
  }
}

TEST_CASE("folders may be laid over each other, and a missing one is told in a sentence") {
  TempFolder ours;
  TempFolder theirs;
  ours.write("app.js", "app");
  theirs.write("lib.js", "lib");
  std::string error;
  const auto files = StaticFiles::load("/static", {{ours.path()}, {theirs.path(), "vendor/lib"}}, error);
  REQUIRE(files);
  CHECK(files->contains("app.js"));
  CHECK(files->content("vendor/lib/lib.js") == "lib");
  CHECK(files->content("lib.js").empty());
  CHECK(StaticFiles::load("/static", ours.path() + "/missing", error) == nullptr);
  CHECK(error.find("cannot be read") != error.npos);
}

TEST_CASE("a static file of 32 MiB is taken and one byte more refused by name") {
  TempFolder folder;
  folder.write("large.bin", "");
  const std::string path = folder.path() + "/large.bin";
  std::string error;
  REQUIRE(::truncate(path.c_str(), 32 * 1024 * 1024) == 0);
  CHECK(StaticFiles::load("/static", folder.path(), error) != nullptr);
  REQUIRE(::truncate(path.c_str(), 32 * 1024 * 1024 + 1) == 0);
  CHECK(StaticFiles::load("/static", folder.path(), error) == nullptr);
  CHECK(error.find("large.bin") != std::string::npos);
}

TEST_CASE("10,000 static files are taken and one more refused") {
  TempFolder folder;
  for (int i = 0; i < 10'000; ++i) folder.write("f" + std::to_string(i), "");
  std::string error;
  const auto files = StaticFiles::load("/static", folder.path(), error);
  REQUIRE(files != nullptr);
  CHECK(files->file_count() == 10'000);
  folder.write("one-more", "");
  CHECK(StaticFiles::load("/static", folder.path(), error) == nullptr);
  CHECK_FALSE(error.empty());
}
