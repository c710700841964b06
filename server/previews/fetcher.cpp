#include "server/previews/fetcher.h"

#include <curl/curl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <resolv.h>
#include <sys/socket.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <string_view>

namespace matinee::previews {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

template <class T, void (*free_it)(T*)>
struct Freed {
  void operator()(T* held) const { free_it(held); }
};
using Easy = std::unique_ptr<CURL, Freed<CURL, curl_easy_cleanup>>;
using Url = std::unique_ptr<CURLU, Freed<CURLU, curl_url_cleanup>>;
using List = std::unique_ptr<curl_slist, Freed<curl_slist, curl_slist_free_all>>;

std::vector<std::string> ask_system(const std::string& host) {
  // glibc gives each thread its own resolver state and honours what is set there: a dead name server holds a worker no longer.
  if (::res_init() == 0) {
    _res.retrans = static_cast<int>(limits::name_max.count());
    _res.retry = 1;
  }
  addrinfo wanted{};
  wanted.ai_family = AF_UNSPEC;
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = AI_ADDRCONFIG;
  addrinfo* found = nullptr;
  if (::getaddrinfo(host.c_str(), nullptr, &wanted, &found) != 0) return {};
  std::vector<std::string> addresses;
  for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
    char text[NI_MAXHOST];
    if (::getnameinfo(one->ai_addr, one->ai_addrlen, text, sizeof text, nullptr, 0, NI_NUMERICHOST) == 0) addresses.emplace_back(text);
  }
  ::freeaddrinfo(found);
  return addresses;
}

std::string part(CURLU* url, CURLUPart which, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url, which, &text, flags) != CURLUE_OK) return {};
  std::string result(text);
  curl_free(text);
  return result;
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return result;
}

std::string_view trimmed(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

// "bytes 0-65535/1234" → 1234
std::optional<std::uint64_t> whole_of(std::string_view content_range) {
  const std::size_t slash = content_range.rfind('/');
  std::uint64_t size = 0;
  if (slash == std::string_view::npos) return std::nullopt;
  const std::string_view digits = content_range.substr(slash + 1);
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), size);
  return read.ec == std::errc() && read.ptr == digits.data() + digits.size() ? std::optional(size) : std::nullopt;
}

}  // namespace

// One request: where it goes and what came.
struct Fetcher::Hop {
  std::string url;
  bool checked = true;  // false: the operator's own address
  std::string host;
  std::string pinned;  // for CURLOPT_RESOLVE; empty: the host is an address itself
  Fetched answer;
  std::size_t bytes_max = 0;
  std::size_t head_bytes = 0;
  std::string content_range;
  std::string redirect;
  bool head_too_large = false;
  bool address_refused = false;
  const Fetcher* fetcher = nullptr;

  static std::size_t take_head(char* bytes, std::size_t, std::size_t count, void* to) {
    Hop& hop = *static_cast<Hop*>(to);
    hop.head_bytes += count;
    hop.head_too_large = hop.head_bytes > limits::answer_head_bytes_max;
    if (hop.head_too_large) return 0;
    const std::string_view line(bytes, count);
    const std::size_t colon = line.find(':');
    if (line.starts_with("HTTP/")) hop.content_range.clear();  // a new head, after a 1xx
    else if (colon != std::string_view::npos && lower(line.substr(0, colon)) == "content-range")
      hop.content_range = trimmed(line.substr(colon + 1));
    return count;
  }
  static std::size_t take_body(char* bytes, std::size_t, std::size_t count, void* to) {
    Hop& hop = *static_cast<Hop*>(to);
    const std::size_t room = hop.bytes_max - hop.answer.body.size();
    hop.answer.body.append(bytes, std::min(room, count));
    hop.answer.cut = count > room;
    return hop.answer.cut ? 0 : count;  // 0 ends the transfer: what came is enough
  }
  static int tick(void* of, curl_off_t, curl_off_t, curl_off_t, curl_off_t) { return static_cast<Hop*>(of)->fetcher->stopping_ ? 1 : 0; }
  // The last word on where a connection goes, whatever any resolver or cache said.
  static curl_socket_t open_socket(void* of, curlsocktype, curl_sockaddr* where) {
    Hop& hop = *static_cast<Hop*>(of);
    const auto address = address_of(where->addr);
    hop.address_refused = !address || (hop.checked && !hop.fetcher->options_.allowed(*address));
    if (hop.address_refused) return CURL_SOCKET_BAD;
    return ::socket(where->family, where->socktype | SOCK_CLOEXEC, where->protocol);
  }
};

Fetcher::Fetcher(FetcherOptions options) : options_(std::move(options)) {
  static const CURLcode once = curl_global_init(CURL_GLOBAL_DEFAULT);  // thread-safe by the rule of static locals
  (void)once;
  if (!options_.resolve) options_.resolve = ask_system;
}

// Takes the link apart with the parser that will also connect, so that no two readings of it exist.
std::optional<FetchError> Fetcher::check(Hop& hop) const {
  const Url url(curl_url());
  if (!url || hop.url.size() > limits::link_bytes_max ||
      curl_url_set(url.get(), CURLUPART_URL, hop.url.c_str(), CURLU_DISALLOW_USER) != CURLUE_OK)
    return FetchError::bad_link;
  const std::string scheme = part(url.get(), CURLUPART_SCHEME);
  if (scheme != "http" && scheme != "https") return FetchError::bad_link;
  const std::string port = part(url.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT);
  hop.host = part(url.get(), CURLUPART_HOST);
  if (hop.host.empty() || !part(url.get(), CURLUPART_ZONEID).empty()) return FetchError::bad_link;
  const bool usual_port = port == "80" || port == "443" || port.size() == 5 || (port.size() == 4 && port >= "1024");
  if (!usual_port && !options_.any_port && hop.checked) return FetchError::bad_link;
  if (hop.host.front() == '[') hop.host = hop.host.substr(1, hop.host.size() - 2);
  if (const auto address = read_address(hop.host))
    return !hop.checked || options_.allowed(*address) ? std::nullopt : std::optional(FetchError::address_refused);
  std::vector<std::string> addresses = options_.resolve(hop.host);
  if (addresses.empty()) return FetchError::no_such_name;
  addresses.resize(std::min(addresses.size(), limits::addresses_max));
  hop.pinned = hop.host + ":" + port + ":";
  for (const std::string& text : addresses) {
    const auto address = read_address(text);
    // One bad address condemns the name: what is asked next may get that one.
    if (!address || (hop.checked && !options_.allowed(*address))) return FetchError::address_refused;
    if (hop.pinned.back() != ':') hop.pinned += ',';
    hop.pinned += text;
  }
  return std::nullopt;
}

std::optional<FetchError> Fetcher::run(Hop& hop, const FetchRequest& request, milliseconds time_left) const {
  const Easy easy(curl_easy_init());
  if (!easy) return FetchError::broken;
  CURL* curl = easy.get();
  const List pinned(hop.pinned.empty() ? nullptr : curl_slist_append(nullptr, hop.pinned.c_str()));
  const std::string range = "0-" + std::to_string(request.bytes_max - 1);
  curl_easy_setopt(curl, CURLOPT_URL, hop.url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl, CURLOPT_PROXY, "");  // none, whatever the environment says
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_USERAGENT, options_.user_agent.c_str());
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(std::min(limits::connect_max, time_left).count()));
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(time_left.count()));
  if (pinned) curl_easy_setopt(curl, CURLOPT_RESOLVE, pinned.get());
  if (request.beginning_only) curl_easy_setopt(curl, CURLOPT_RANGE, range.c_str());
  curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, &Hop::open_socket);
  curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, &hop);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, &Hop::take_head);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &hop);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &Hop::take_body);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &hop);
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, &Hop::tick);
  curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &hop);
  const CURLcode result = curl_easy_perform(curl);
  if (hop.address_refused) return FetchError::address_refused;
  if (hop.head_too_large) return FetchError::broken;
  if (result == CURLE_ABORTED_BY_CALLBACK) return FetchError::stopped;
  if (result == CURLE_COULDNT_CONNECT || result == CURLE_OPERATION_TIMEDOUT || result == CURLE_COULDNT_RESOLVE_HOST)
    return FetchError::no_answer;
  if (result != CURLE_OK && !hop.answer.cut) return FetchError::broken;
  long status = 0;
  char* text = nullptr;
  curl_off_t length = -1;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(curl, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
  hop.answer.status = static_cast<int>(status);
  if (curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &text) == CURLE_OK && text != nullptr) {
    const std::string_view type(text);
    hop.answer.content_type = lower(trimmed(type.substr(0, type.find(';'))));
  }
  if (status == 206) hop.answer.size_bytes = whole_of(hop.content_range);
  else if (length >= 0) hop.answer.size_bytes = static_cast<std::uint64_t>(length);
  if (curl_easy_getinfo(curl, CURLINFO_REDIRECT_URL, &text) == CURLE_OK && text != nullptr) hop.redirect = text;
  return std::nullopt;
}

tl::expected<Fetched, FetchError> Fetcher::fetch(const FetchRequest& request) const {
  const auto end = Clock::now() + request.time_max;
  std::string url = request.url;
  for (std::size_t redirects = 0; redirects <= limits::redirects_max; ++redirects) {
    Hop hop;
    hop.url = std::move(url);
    hop.checked = !(request.operators_own && redirects == 0);
    hop.bytes_max = request.bytes_max;
    hop.fetcher = this;
    if (stopping_) return tl::unexpected(FetchError::stopped);
    if (const auto error = check(hop)) return tl::unexpected(*error);
    const auto left = std::chrono::duration_cast<milliseconds>(end - Clock::now());
    if (left <= milliseconds{0}) return tl::unexpected(FetchError::no_answer);
    if (const auto error = run(hop, request, left)) return tl::unexpected(*error);
    const bool redirected = hop.answer.status >= 300 && hop.answer.status < 400 && !hop.redirect.empty();
    if (!redirected) return std::move(hop.answer);
    url = std::move(hop.redirect);
  }
  return tl::unexpected(FetchError::too_many_redirects);
}

}  // namespace matinee::previews
