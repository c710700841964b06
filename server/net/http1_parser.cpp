#include "server/net/http1_parser.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

namespace matinee::net {
namespace {

namespace beast = boost::beast;
using beast::error_code;

std::string lower(beast::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  return out;
}

// Beast tells a parser derived from it what it finds.
class Parser final : public beast::http::basic_parser<true> {
 public:
  RequestHead* head = nullptr;

 private:
  void on_request_impl(beast::http::verb, beast::string_view method, beast::string_view target, int version, error_code&) override {
    head->method = std::string(method);
    head->target = std::string(target);
    head->version_minor = version % 10;
  }
  void on_response_impl(int, beast::string_view, int, error_code&) override {}
  void on_field_impl(beast::http::field, beast::string_view name, beast::string_view value, error_code&) override {
    head->fields.push_back({lower(name), std::string(value)});
  }
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(beast::string_view, error_code&) override { return 0; }  // it is never given a body
  void on_chunk_header_impl(std::uint64_t, beast::string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view, error_code&) override { return 0; }
  void on_finish_impl(error_code&) override {}
};

// The authority of an absolute-form target counts, not the Host field (RFC 9112 §3.2.2); what is left is the path.
void normalise_absolute_form(RequestHead& head) {
  if (head.target.empty() || head.target.front() == '/' || head.target == "*") return;
  const std::size_t start = head.target.find("://") + 3;
  const std::size_t path = head.target.find_first_of("/?", start);
  head.host = head.target.substr(start, path == head.target.npos ? path : path - start);
  head.target = path == head.target.npos ? "/" : head.target.substr(path);
  if (head.target.front() != '/') head.target.insert(0, "/");
}

}  // namespace

bool Http1Parser::parse_head(std::string_view bytes, RequestHead& out) {
  Parser parser;
  parser.header_limit(64 * 1024);  // the bound has been checked
  parser.body_limit(boost::none);  // every handler has its own
  parser.head = &out;
  error_code error;
  const std::size_t used = parser.put(boost::asio::const_buffer(bytes.data(), bytes.size()), error);
  if ((error && error != beast::http::error::need_more) || !parser.is_header_done() || used != bytes.size()) return false;
  out.host = std::string(out.field("host"));
  normalise_absolute_form(out);
  keep_alive_ = parser.keep_alive();
  const auto length = parser.content_length();
  length_ = length ? std::optional<std::uint64_t>(*length) : std::nullopt;
  length_left_ = length_.value_or(0);
  chunked_.reset();
  if (parser.chunked()) chunked_.emplace();
  return true;
}

bool Http1Parser::has_body() const { return chunked_ ? !chunked_->done() : length_left_ > 0; }

std::optional<std::size_t> Http1Parser::put_body(std::string_view bytes, std::string& decoded) {
  if (chunked_) return chunked_->put(bytes, decoded);
  const auto piece = static_cast<std::size_t>(std::min<std::uint64_t>(length_left_, bytes.size()));
  decoded.append(bytes.substr(0, piece));
  length_left_ -= piece;
  return piece;
}

}  // namespace matinee::net
