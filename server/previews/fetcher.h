// Fetcher: one GET to another site, as carefully as a stranger's link deserves. http(s) only; the name is resolved here, every address
// of it must be allowed, and the connection goes to one of the checked addresses (looked at once more when its socket is opened);
// redirects are followed by hand under the same rules; head, body and time are bounded; no cookies, no proxy, no decompression.
// Thread rule: fetch() blocks its thread; any number of threads may call it. Nothing is kept between two calls.
#pragma once
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>
#include "server/previews/address_rules.h"
#include "server/previews/limits.h"

namespace matinee::previews {

struct FetchRequest {
  std::string url;
  std::size_t bytes_max = limits::probe_bytes_max;  // the rest is not read; Fetched::cut says so
  std::chrono::milliseconds time_max = limits::fetch_max;
  bool beginning_only = false;  // asks for the first bytes_max bytes with Range
  bool operators_own = false;   // an address the operator configured: its first host may be anywhere
};

struct Fetched {
  int status = 0;
  std::string content_type;                 // lower case, without parameters
  std::optional<std::uint64_t> size_bytes;  // of the whole thing, when it is told
  std::string body;
  bool cut = false;
};

enum class FetchError : std::uint8_t {
  bad_link,         // no http(s), a name or password in it, a port that is none of the web's
  no_such_name,     // the name does not resolve
  address_refused,  // it leads where it may not
  no_answer,        // nobody there, or too slow
  broken,           // TLS or HTTP made no sense, or the head was too large
  too_many_redirects,
  stopped,  // the server ends
};

struct FetcherOptions {
  // Numeric addresses of a name; empty = there is none. Empty function = the system's resolver.
  std::function<std::vector<std::string>(const std::string& host)> resolve = {};
  std::function<bool(const Address&)> allowed;
  bool any_port = false;  // else 80, 443 and those from 1024 on
  std::string user_agent = "Matinee";
};

class Fetcher {
 public:
  explicit Fetcher(FetcherOptions options);
  [[nodiscard]] tl::expected<Fetched, FetchError> fetch(const FetchRequest& request) const;
  void stop() { stopping_ = true; }  // what is under way ends within a second

 private:
  struct Hop;
  [[nodiscard]] std::optional<FetchError> check(Hop& hop) const;
  [[nodiscard]] std::optional<FetchError> run(Hop& hop, const FetchRequest& request, std::chrono::milliseconds time_left) const;
  FetcherOptions options_;
  std::atomic<bool> stopping_ = false;
};

}  // namespace matinee::previews
