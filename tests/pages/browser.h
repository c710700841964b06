// Browser: what a person's browser does with our pages: keeps cookies, follows redirects when asked, fills the token of the form it
// sees, and says where its forms come from. One connection a request, over loopback.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace matinee::test {

struct Answer {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
  std::string body;

  [[nodiscard]] std::string header(const std::string& name) const;  // the first, or empty
  [[nodiscard]] std::vector<std::string> all(const std::string& name) const;
  [[nodiscard]] bool has(const std::string& text) const { return body.find(text) != std::string::npos; }
};

using Fields = std::vector<std::pair<std::string, std::string>>;

class Browser {
 public:
  explicit Browser(std::uint16_t port);

  Answer get(const std::string& path);
  // Sends the form with the token of the last page seen, the way a page of ours does.
  Answer post(const std::string& path, Fields fields);
  // The same without adding anything: for forms of strangers.
  Answer post_raw(const std::string& path, const Fields& fields);
  Answer send(const std::string& method, const std::string& path, const std::string& body, Fields headers);
  Answer follow(const Answer& redirect);

  std::string host;    // "localhost:PORT"
  std::string origin;  // what forms say; empty = the field is left out
  std::map<std::string, std::string> cookies;
  std::string token;  // of the last page with a form

  [[nodiscard]] static std::string encode(const Fields& fields);

 private:
  void remember(const Answer& answer);
  std::uint16_t port_;
};

}  // namespace matinee::test
