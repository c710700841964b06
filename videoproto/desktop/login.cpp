#include "videoproto/desktop/login.h"

#include <curl/curl.h>
#include <termios.h>
#include <unistd.h>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <memory>

namespace matinee::desktop {
namespace json = boost::json;
namespace {

constexpr std::size_t answer_bytes_max = 16 * 1024;

// A line from the person; standard input may be a pipe of a script.
std::string ask(const char* what, bool echo) {
  const bool terminal = ::isatty(0) != 0;
  termios before{};
  if (terminal) {
    std::fprintf(stderr, "%s: ", what);
    ::tcgetattr(0, &before);
    termios quiet = before;
    if (!echo) quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(0, TCSAFLUSH, &quiet);
  }
  std::string line;
  std::getline(std::cin, line);
  if (terminal) {
    ::tcsetattr(0, TCSAFLUSH, &before);
    if (!echo) std::fputc('\n', stderr);
  }
  if (!line.empty() && line.back() == '\r') line.pop_back();
  return line;
}

std::size_t collect(char* bytes, std::size_t one, std::size_t count, void* into) {
  auto& text = *static_cast<std::string*>(into);
  if (text.size() + one * count > answer_bytes_max) return 0;
  text.append(bytes, one * count);
  return one * count;
}

struct Answer {
  CURLcode code = CURLE_FAILED_INIT;
  long status = 0;
  std::string body;
};

Answer post(const std::string& url, const std::string& body) {
  Answer answer;
  const std::unique_ptr<CURL, decltype(&::curl_easy_cleanup)> curl(::curl_easy_init(), ::curl_easy_cleanup);
  if (!curl) return answer;
  const std::unique_ptr<curl_slist, decltype(&::curl_slist_free_all)> headers(
      ::curl_slist_append(nullptr, "Content-Type: application/json"), ::curl_slist_free_all);
  ::curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
  ::curl_easy_setopt(curl.get(), CURLOPT_PROTOCOLS_STR, "http,https");
  // The usual variable for a certificate of one's own, which the library by itself does not look at.
  if (const char* trusted = std::getenv("SSL_CERT_FILE"); trusted != nullptr && *trusted != '\0')
    ::curl_easy_setopt(curl.get(), CURLOPT_CAINFO, trusted);
  ::curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, headers.get());
  ::curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDS, body.c_str());
  ::curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, collect);
  ::curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &answer.body);
  ::curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT, 30L);
  ::curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
  answer.code = ::curl_easy_perform(curl.get());
  ::curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &answer.status);
  return answer;
}

const json::string* text_in(const json::object& object, const char* name) {
  const json::value* value = object.if_contains(name);
  return value == nullptr ? nullptr : value->if_string();
}

Ending ending_of(CURLcode code, const std::string& url) {
  if (code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE)
    return {ExitCode::wrong_server,
            "The certificate of " + url +
                " is not trusted here, so no password was sent: add it to this system (./dev cert says how), name its file in "
                "SSL_CERT_FILE, or use the line of Connect desktop."};
  return {ExitCode::unreachable, "The pages at " + url + " cannot be reached: " + ::curl_easy_strerror(code) + "."};
}

}  // namespace

std::string host_of_url(const std::string& url) {
  const std::size_t slashes = url.find("://");
  if (slashes == std::string::npos) return {};
  std::string authority = url.substr(slashes + 3);
  authority = authority.substr(0, authority.find_first_of("/?#"));
  if (authority.starts_with("[")) return authority.substr(1, authority.find(']') == std::string::npos ? 0 : authority.find(']') - 1);
  return authority.find('@') != std::string::npos ? std::string() : authority.substr(0, authority.find(':'));
}

tl::expected<Credentials, std::string> read_login_answer(long status, const std::string& body, const std::string& host) {
  boost::system::error_code failed;
  const json::value value = json::parse(body, failed);
  const json::object* answer = failed ? nullptr : value.if_object();
  const json::string* sentence = answer == nullptr ? nullptr : text_in(*answer, "sentence");
  if (status != 200 && sentence != nullptr) return tl::unexpected(std::string(*sentence));
  const std::string strange = "There is no Matinee server with desktop video at this address (answer " + std::to_string(status) + ").";
  if (status != 200 || answer == nullptr) return tl::unexpected(strange);
  const json::string *token = text_in(*answer, "token"), *print = text_in(*answer, "fingerprint");
  const json::value* port = answer->if_contains("video_port");
  if (token == nullptr || print == nullptr || port == nullptr || !port->is_int64()) return tl::unexpected(strange);
  const auto pin = read_pin(std::string(*print));
  const std::int64_t number = port->get_int64();
  if (!pin || number < 1 || number > 65'535) return tl::unexpected(strange);
  return Credentials{{host, static_cast<std::uint16_t>(number)}, *pin, std::string(*token)};
}

Ending log_in(const Options& options) {
  const std::string host = host_of_url(options.login_url);
  if (host.empty())
    return {ExitCode::usage, "\"" + options.login_url + "\" is no address of pages, for example https://films.example.org."};
  if (options.login_url.starts_with("http://") && !is_loopback({host, 0}))
    std::fputs("matinee-video: this address is not https, so whoever is on the way can read the password.\n", stderr);
  const std::string name = options.login_name.empty() ? ask("Name or e-mail", true) : options.login_name;
  const std::string password = ask("Password", false);
  char machine[64] = "";
  ::gethostname(machine, sizeof machine - 1);
  const std::string body =
      json::serialize(json::object{{"name", name}, {"password", password}, {"client", "matinee-video on " + std::string(machine)}});
  std::string url = options.login_url;
  while (url.ends_with("/")) url.pop_back();
  const Answer answer = post(url + "/api/desktop-tokens", body);
  if (answer.code != CURLE_OK) return ending_of(answer.code, options.login_url);
  const auto kept = read_login_answer(answer.status, answer.body, host);
  if (!kept) return {answer.status == 401 || answer.status == 403 ? ExitCode::refused : ExitCode::failed, kept.error()};
  const std::string file = options.token_file.empty() ? default_token_file() : options.token_file;
  if (const auto saved = save_credentials(file, *kept); !saved) return {ExitCode::failed, saved.error()};
  std::printf("Logged in. The token is in %s; the account page lists it and can end it.\n", file.c_str());
  return {};
}

}  // namespace matinee::desktop
