// The fetcher against a site that does what sites should not. All of it on loopback: which loopback address may be asked is the test's.
#include "server/previews/fetcher.h"
#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <future>
#include "tests/previews/small_site.h"

using namespace matinee::previews;
using matinee::test::SiteRequest;
using matinee::test::SmallSite;
using namespace std::chrono_literals;

namespace {

// 127.0.0.2 stands for the internet, 127.0.0.1 for this machine.
bool outside(const Address& address) { return address == read_address("127.0.0.2"); }

struct Names {
  std::vector<std::vector<std::string>> answers;  // one after the other; the last one stays
  std::vector<std::string> asked = {};
  std::vector<std::string> operator()(const std::string& host) {
    asked.push_back(host);
    return answers[std::min(asked.size(), answers.size()) - 1];
  }
};

Fetcher make(Names& names) {
  return Fetcher({.resolve = [&names](const std::string& host) { return names(host); }, .allowed = outside, .any_port = true});
}

FetchError error_of(const Fetcher& fetcher, const std::string& url) {
  const auto result = fetcher.fetch({.url = url});
  REQUIRE_FALSE(result);
  return result.error();
}

}  // namespace

TEST_CASE("a name that first points outside and then at this machine is asked once and connected to where it first pointed") {
  SmallSite site([](const SiteRequest&) { return SmallSite::ok("fine"); });
  Names names{{{"127.0.0.2"}, {"127.0.0.1"}}};
  const Fetcher fetcher = make(names);
  const auto result = fetcher.fetch({.url = site.url("/a", "rebinding.test")});
  REQUIRE(result);
  CHECK(result->body == "fine");
  CHECK(names.asked == std::vector<std::string>{"rebinding.test"});
  REQUIRE(site.requests().size() == 1);
  CHECK(site.requests()[0].arrived_at == "127.0.0.2");
}

TEST_CASE("a redirect to the same name is resolved and checked again") {
  SmallSite site([](const SiteRequest& request) { return request.path == "/a" ? SmallSite::redirect("/b") : SmallSite::ok("inside"); });
  Names names{{{"127.0.0.2"}, {"127.0.0.1"}}};
  const Fetcher fetcher = make(names);
  CHECK(error_of(fetcher, site.url("/a", "rebinding.test")) == FetchError::address_refused);
  CHECK(site.requests().size() == 1);
}

TEST_CASE("one refused address among good ones condemns the name") {
  SmallSite site([](const SiteRequest&) { return SmallSite::ok("fine"); });
  Names names{{{"127.0.0.2", "127.0.0.1"}}};
  const Fetcher fetcher = make(names);
  CHECK(error_of(fetcher, site.url("/a", "mixed.test")) == FetchError::address_refused);
  CHECK(site.requests().empty());
}

TEST_CASE("this machine is not asked, however its address is written or arrived at") {
  SmallSite site([&](const SiteRequest& request) { return SmallSite::redirect(request.path.substr(1)); });
  Names names{{{"127.0.0.1"}}};
  const Fetcher fetcher = make(names);
  const std::string port = site.url("", "").substr(std::string("http://").size());
  for (const std::string host : {"127.0.0.1", "localhost", "127.1", "0x7f.1", "2130706433", "017700000001", "127.0.0.1.", "%31%32%37.0.0.1",
                                 "[::1]", "[::ffff:127.0.0.1]", "a.test", "LOCALHOST"}) {
    INFO(host);
    const auto direct = fetcher.fetch({.url = "http://" + host + port + "/x"});
    REQUIRE_FALSE(direct);
    CHECK((direct.error() == FetchError::address_refused || direct.error() == FetchError::bad_link));
    const auto redirected = fetcher.fetch({.url = site.url("/http://" + host + port + "/x", "127.0.0.2")});
    REQUIRE_FALSE(redirected);
    CHECK((redirected.error() == FetchError::address_refused || redirected.error() == FetchError::bad_link));
  }
  for (const SiteRequest& request : site.requests()) CHECK(request.arrived_at == "127.0.0.2");
}

TEST_CASE("three redirects are followed and the fourth is not") {
  SmallSite site([](const SiteRequest& request) {
    const int left = request.path[1] - '0';
    return left == 0 ? SmallSite::ok("there") : SmallSite::redirect("/" + std::to_string(left - 1));
  });
  Names names{{{}}};
  const Fetcher fetcher = make(names);
  CHECK(fetcher.fetch({.url = site.url("/3", "127.0.0.2")}).value().body == "there");
  CHECK(error_of(fetcher, site.url("/4", "127.0.0.2")) == FetchError::too_many_redirects);
}

TEST_CASE("other schemes, names and passwords in a link, odd ports and links over 2 KiB are refused, also as redirects") {
  Names names{{{"127.0.0.2"}}};
  const Fetcher fetcher({.resolve = [&names](const std::string& host) { return names(host); }, .allowed = outside});
  const std::vector<std::string> urls{"file:///etc/passwd",        "gopher://a.test/",        "ftp://a.test/a",    "dict://a.test/",
                                      "http://ann:secret@a.test/", "http://ann@a.test/",      "http://a.test:22/", "http://a.test:25/",
                                      "http://a.test:1023/",       "http://[fe80::1%25eth0]/"};
  SmallSite site([&](const SiteRequest& request) {
    return SmallSite::redirect(request.path.starts_with("/x") || request.path == "/" ? "/" : urls[std::stoul(request.path.substr(1))]);
  });
  for (std::size_t i = 0; i < urls.size(); ++i) {
    INFO(urls[i]);
    CHECK(error_of(fetcher, urls[i]) == FetchError::bad_link);
    CHECK(error_of(fetcher, site.url("/" + std::to_string(i), "127.0.0.2")) == FetchError::bad_link);
  }
  for (const std::string url : {"", "https:///", "//a.test/"}) CHECK(error_of(fetcher, url) == FetchError::bad_link);
  const std::string start = site.url("/", "127.0.0.2");
  CHECK(error_of(fetcher, start + std::string(limits::link_bytes_max - start.size(), 'x')) == FetchError::too_many_redirects);
  CHECK(error_of(fetcher, start + std::string(limits::link_bytes_max - start.size() + 1, 'x')) == FetchError::bad_link);
}

TEST_CASE("an answer's head of 16 KiB is taken and a larger one ends the request") {
  const std::string first = "HTTP/1.1 200 OK\r\n";
  const std::string last = "Content-Length: 2\r\n\r\n";
  std::atomic<std::size_t> size = 0;  // the site reads it on its own thread
  SmallSite site([&](const SiteRequest&) {
    std::string fields;
    while (first.size() + fields.size() + last.size() + 1'000 < size) fields += "X: " + std::string(900, 'x') + "\r\n";
    fields += "Y: " + std::string(size - first.size() - fields.size() - last.size() - 5, 'y') + "\r\n";
    return first + fields + last + "ok";
  });
  Names names{{{}}};
  const Fetcher fetcher = make(names);
  size = limits::answer_head_bytes_max;
  CHECK(fetcher.fetch({.url = site.url("/", "127.0.0.2")}).value().body == "ok");
  size = limits::answer_head_bytes_max + 1;
  CHECK(error_of(fetcher, site.url("/", "127.0.0.2")) == FetchError::broken);
}

TEST_CASE("64 KiB of a file are read and the byte beyond is not") {
  std::atomic<std::size_t> size = 0;  // the site reads it on its own thread
  SmallSite site([&](const SiteRequest&) { return SmallSite::ok(std::string(size, 'x')); });
  Names names{{{}}};
  const Fetcher fetcher = make(names);
  size = limits::probe_bytes_max;
  const auto whole = fetcher.fetch({.url = site.url("/", "127.0.0.2")}).value();
  CHECK((whole.body.size() == size && !whole.cut));
  size = limits::probe_bytes_max + 1;
  const auto cut = fetcher.fetch({.url = site.url("/", "127.0.0.2")}).value();
  CHECK((cut.body.size() == limits::probe_bytes_max && cut.cut && cut.size_bytes == size));
}

TEST_CASE("a part of a file tells the size of the whole, whatever came before it") {
  SmallSite site([](const SiteRequest& request) {
    if (request.head.find("Range: bytes=0-65535\r\n") == std::string::npos) return SmallSite::status(500);
    return std::string(
        "HTTP/1.1 103 Early Hints\r\nContent-Range: bytes 0-1/7\r\n\r\nHTTP/1.1 206 Partial\r\nContent-Type: Video/MP4; x=y\r\n"
        "Content-Range: bytes 0-3/123456\r\nContent-Length: 4\r\n\r\nabcd");
  });
  Names names{{{}}};
  const auto answer = make(names).fetch({.url = site.url("/", "127.0.0.2"), .beginning_only = true}).value();
  CHECK(answer.status == 206);
  CHECK(answer.content_type == "video/mp4");
  CHECK(answer.size_bytes == 123'456u);
}

TEST_CASE("a site that stops answering is left after the time for it, and at once when the server ends") {
  SmallSite site([](const SiteRequest&) { return std::nullopt; });
  Names names{{{}}};
  Fetcher fetcher = make(names);
  const auto late = fetcher.fetch({.url = site.url("/", "127.0.0.2"), .time_max = 150ms});
  CHECK((!late && late.error() == FetchError::no_answer));
  auto stopped = std::async(std::launch::async, [&] { return fetcher.fetch({.url = site.url("/", "127.0.0.2"), .time_max = 30s}); });
  site.wait_for_requests(2);
  fetcher.stop();
  REQUIRE(stopped.wait_for(5s) == std::future_status::ready);
  CHECK(stopped.get().error() == FetchError::stopped);
}

TEST_CASE("no cookie is kept, no proxy of the environment used, no compression asked for, and the request says who asks") {
  SmallSite site([](const SiteRequest& request) {
    if (request.path != "/") return SmallSite::ok("fine");
    return std::string("HTTP/1.1 302 Found\r\nSet-Cookie: a=b; Path=/\r\nLocation: /next\r\nContent-Length: 0\r\n\r\n");
  });
  ::setenv("http_proxy", "http://127.0.0.1:1", 1);
  Names names{{{}}};
  CHECK(make(names).fetch({.url = site.url("/", "127.0.0.2")}).value().body == "fine");
  ::unsetenv("http_proxy");
  for (const SiteRequest& request : site.requests()) {
    CHECK_THAT(request.head,
               Catch::Contains("User-Agent: Matinee\r\n") && !Catch::Contains("Cookie") && !Catch::Contains("Accept-Encoding"));
  }
}

TEST_CASE("a name that is none and a port where nobody listens are told apart") {
  Names names{{{}}};
  const Fetcher fetcher = make(names);
  CHECK(error_of(fetcher, "http://nowhere.test/") == FetchError::no_such_name);
  std::string closed;
  {
    const SmallSite site([](const SiteRequest&) { return SmallSite::ok(""); });
    closed = site.url("/", "127.0.0.2");
  }
  CHECK(error_of(fetcher, closed) == FetchError::no_answer);
}

TEST_CASE("the address an operator configured may be anywhere, but not where it redirects to") {
  SmallSite site([](const SiteRequest& request) { return request.path == "/go" ? SmallSite::redirect("/there") : SmallSite::ok("fine"); });
  Names names{{{}}};
  const Fetcher fetcher = make(names);
  CHECK(fetcher.fetch({.url = site.url("/"), .operators_own = true}).value().body == "fine");
  const auto redirected = fetcher.fetch({.url = site.url("/go"), .operators_own = true});
  CHECK((!redirected && redirected.error() == FetchError::address_refused));
}
