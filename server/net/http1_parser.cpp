#include "server/net/http1_parser.h"

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
  RequestHead* head = nullptr;  // only while the head is parsed: fields of a trailer are not the request's
  std::string* decoded = nullptr;

 private:
  void on_request_impl(beast::http::verb, beast::string_view method, beast::string_view target, int version, error_code&) override {
    head->method = std::string(method);
    head->target = std::string(target);
    head->version_minor = version % 10;
  }
  void on_response_impl(int, beast::string_view, int, error_code&) override {}
  void on_field_impl(beast::http::field, beast::string_view name, beast::string_view value, error_code&) override {
    if (head) head->fields.push_back({lower(name), std::string(value)});
  }
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(beast::string_view body, error_code&) override {
    decoded->append(body.data(), body.size());
    return body.size();
  }
  void on_chunk_header_impl(std::uint64_t, beast::string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view body, error_code&) override {
    decoded->append(body.data(), body.size());
    return body.size();
  }
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

struct Http1Parser::Impl {
  std::optional<Parser> parser;
};

Http1Parser::Http1Parser() : impl_(std::make_unique<Impl>()) {}
Http1Parser::~Http1Parser() = default;

bool Http1Parser::parse_head(std::string_view bytes, RequestHead& out) {
  Parser& parser = impl_->parser.emplace();
  parser.header_limit(64 * 1024);  // the bound has been checked
  parser.body_limit(boost::none);  // every handler has its own
  parser.head = &out;
  error_code error;
  const std::size_t used = parser.put(boost::asio::const_buffer(bytes.data(), bytes.size()), error);
  parser.head = nullptr;
  if ((error && error != beast::http::error::need_more) || !parser.is_header_done() || used != bytes.size()) return false;
  out.host = std::string(out.field("host"));
  normalise_absolute_form(out);
  return true;
}

bool Http1Parser::keep_alive() const { return impl_->parser->keep_alive(); }
bool Http1Parser::has_body() const { return !impl_->parser->is_done(); }
std::optional<std::uint64_t> Http1Parser::declared_length() const {
  const auto length = impl_->parser->content_length();
  if (!length) return std::nullopt;
  return *length;
}

std::optional<std::size_t> Http1Parser::put_body(std::string_view bytes, std::string& decoded) {
  Parser& parser = *impl_->parser;
  parser.eager(true);
  parser.decoded = &decoded;
  error_code error;
  const std::size_t used = parser.put(boost::asio::const_buffer(bytes.data(), bytes.size()), error);
  parser.decoded = nullptr;
  if (error && error != beast::http::error::need_more) return std::nullopt;
  return used;
}

}  // namespace matinee::net
