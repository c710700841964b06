#include "tests/pages/browser.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <stdexcept>

namespace matinee::test {
namespace {

std::string talk(std::uint16_t port, const std::string& request) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    throw std::runtime_error("cannot connect");  // NOLINT
  std::size_t sent = 0;
  while (sent < request.size()) {
    const ssize_t n = ::send(fd, request.data() + sent, request.size() - sent, MSG_NOSIGNAL);
    if (n <= 0) break;  // refused before it was read whole
    sent += static_cast<std::size_t>(n);
  }
  std::string answer;
  char buffer[16384];
  for (ssize_t n = ::recv(fd, buffer, sizeof buffer, 0); n > 0; n = ::recv(fd, buffer, sizeof buffer, 0))
    answer.append(buffer, static_cast<std::size_t>(n));
  ::close(fd);
  return answer;
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

Answer parse(const std::string& text) {
  Answer answer;
  const std::size_t end = text.find("\r\n\r\n");
  if (end == std::string::npos || text.size() < 12) throw std::runtime_error("no answer");
  answer.status = std::stoi(text.substr(9, 3));
  std::size_t at = text.find("\r\n") + 2;
  while (at < end + 2) {
    const std::size_t line_end = text.find("\r\n", at);
    const std::string line = text.substr(at, line_end - at);
    const std::size_t colon = line.find(':');
    answer.headers.emplace_back(lower(line.substr(0, colon)), line.substr(std::min(line.size(), colon + 2)));
    at = line_end + 2;
  }
  answer.body = text.substr(end + 4);
  return answer;
}

}  // namespace

std::string Answer::header(const std::string& name) const {
  const auto values = all(name);
  return values.empty() ? std::string() : values.front();
}

std::vector<std::string> Answer::all(const std::string& name) const {
  std::vector<std::string> values;
  for (const auto& field : headers) {
    if (field.first == name) values.push_back(field.second);
  }
  return values;
}

Browser::Browser(std::uint16_t port) : host("localhost:" + std::to_string(port)), origin("http://" + host), port_(port) {}

std::string Browser::encode(const Fields& fields) {
  static constexpr char digits[] = "0123456789ABCDEF";
  std::string body;
  const auto append = [&](const std::string& text) {
    for (char c : text) {
      const auto byte = static_cast<unsigned char>(c);
      if (std::isalnum(byte) != 0) {
        body += c;
      } else {
        body += '%';
        body += digits[byte >> 4];
        body += digits[byte & 15];
      }
    }
  };
  for (const auto& field : fields) {
    if (!body.empty()) body += '&';
    append(field.first);
    body += '=';
    append(field.second);
  }
  return body;
}

Answer Browser::send(const std::string& method, const std::string& path, const std::string& body, Fields headers) {
  std::string request = method + " " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n";
  for (const auto& field : headers) request += field.first + ": " + field.second + "\r\n";
  std::string jar;
  for (const auto& cookie : cookies) jar += (jar.empty() ? "" : "; ") + cookie.first + "=" + cookie.second;
  if (!jar.empty()) request += "Cookie: " + jar + "\r\n";
  if (method == "POST") request += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  Answer answer = parse(talk(port_, request + "\r\n" + body));
  remember(answer);
  return answer;
}

Answer Browser::get(const std::string& path) { return send("GET", path, "", {{"Accept", "text/html,application/xhtml+xml"}}); }

Answer Browser::post(const std::string& path, Fields fields) {
  fields.emplace_back("csrf", token);
  return post_raw(path, fields);
}

Answer Browser::post_raw(const std::string& path, const Fields& fields) {
  Fields headers{{"Accept", "text/html"}, {"Content-Type", "application/x-www-form-urlencoded"}};
  if (!origin.empty()) headers.emplace_back("Origin", origin);
  return send("POST", path, encode(fields), headers);
}

Answer Browser::follow(const Answer& redirect) { return get(redirect.header("location")); }

void Browser::remember(const Answer& answer) {
  for (const std::string& line : answer.all("set-cookie")) {
    const std::string pair = line.substr(0, line.find(';'));
    const std::string name = pair.substr(0, pair.find('='));
    const std::string value = pair.substr(pair.find('=') + 1);
    if (line.find("Max-Age=0") != std::string::npos || value.empty()) cookies.erase(name);
    else cookies[name] = value;
  }
  const std::string field = "name=\"csrf\" value=\"";
  const std::size_t at = answer.body.find(field);
  if (at != std::string::npos) token = answer.body.substr(at + field.size(), answer.body.find('"', at + field.size()) - at - field.size());
}

}  // namespace matinee::test
