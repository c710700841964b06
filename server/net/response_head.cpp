#include "server/net/response_head.h"

#include <time.h>

#include <array>

namespace matinee::net {
namespace {

std::string_view date_now() {
  static thread_local time_t cached_second = 0;
  static thread_local std::array<char, 40> text{};
  static thread_local std::size_t size = 0;
  const time_t now = ::time(nullptr);
  if (now != cached_second) {
    tm parts{};
    ::gmtime_r(&now, &parts);
    size = ::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);  // the C locale: nothing here sets another
    cached_second = now;
  }
  return {text.data(), size};
}

bool fits_in_line(std::string_view text) { return text.find_first_of(std::string_view("\r\n\0", 3)) == text.npos; }

}  // namespace

std::string_view reason_phrase(int status) {
  switch (status) {
    case 100: return "Continue";
    case 101: return "Switching Protocols";
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 206: return "Partial Content";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 307: return "Temporary Redirect";
    case 308: return "Permanent Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 410: return "Gone";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 416: return "Range Not Satisfiable";
    case 417: return "Expectation Failed";
    case 421: return "Misdirected Request";
    case 422: return "Unprocessable Content";
    case 426: return "Upgrade Required";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 503: return "Service Unavailable";
    case 505: return "HTTP Version Not Supported";
    case 507: return "Insufficient Storage";
  }
  return "Status";
}

bool may_have_body(int status) { return status >= 200 && status != 204 && status != 304; }

std::string make_response_head(const ResponseHead& head, const ResponseFraming& framing) {
  std::string out;
  out.reserve(512);
  out.append("HTTP/1.1 ").append(std::to_string(head.status)).append(" ").append(reason_phrase(head.status)).append("\r\n");
  for (const HeaderField& field : head.fields)
    if (fits_in_line(field.name) && fits_in_line(field.value)) out.append(field.name).append(": ").append(field.value).append("\r\n");
  out.append("Date: ").append(date_now()).append("\r\n");
  if (framing.length) out.append("Content-Length: ").append(std::to_string(*framing.length)).append("\r\n");
  if (framing.chunked) out.append("Transfer-Encoding: chunked\r\n");
  if (!framing.keep_alive) out.append("Connection: close\r\n");
  else if (framing.version_minor == 0) out.append("Connection: keep-alive\r\n");
  return out.append("\r\n");
}

}  // namespace matinee::net
