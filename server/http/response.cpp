#include "server/http/response.h"

#include <algorithm>
#include <cstdlib>

#include "server/http/redirect.h"

namespace matinee::http {

Response Response::text(int status, std::string body) { return {status, {{"Content-Type", "text/plain; charset=utf-8"}}, std::move(body)}; }

Response Response::html(int status, std::string body) { return {status, {{"Content-Type", "text/html; charset=utf-8"}}, std::move(body)}; }

Response Response::json(int status, std::string body) { return {status, {{"Content-Type", "application/json"}}, std::move(body)}; }

Response Response::see_other(std::string_view own_path) {
  if (!is_own_path(own_path)) std::abort();  // an open redirect is a bug here, whatever the request said
  return {303, {{"Location", std::string(own_path)}}, {}};
}

Response& Response::with(std::string_view name, std::string_view value) & {
  const auto have = std::find_if(headers.begin(), headers.end(), [&](const Header& h) { return h.name == name; });
  if (have == headers.end()) return add(name, value);
  have->value = value;
  return *this;
}

Response&& Response::with(std::string_view name, std::string_view value) && { return std::move(with(name, value)); }

Response& Response::add(std::string_view name, std::string_view value) {
  headers.push_back({std::string(name), std::string(value)});
  return *this;
}

Responder::Responder(std::shared_ptr<net::Exchange> exchange, std::shared_ptr<const Amend> amend)
    : exchange_(std::move(exchange)), amend_(std::move(amend)) {}

net::ResponseHead Responder::head(int status, std::vector<Header> headers) const {
  if (amend_ && *amend_) (*amend_)(headers);
  return {status, std::move(headers)};
}

void Responder::send(Response response) const {
  exchange_->send(head(response.status, std::move(response.headers)), std::move(response.body));
}

void Responder::send_shared(int status, std::vector<Header> headers, net::SharedBytes body) const {
  exchange_->send(head(status, std::move(headers)), std::move(body));
}

void Responder::send_file(int status, std::vector<Header> headers, int fd, std::uint64_t offset, std::uint64_t length) const {
  exchange_->send_file(head(status, std::move(headers)), fd, offset, length);
}

void Responder::start(int status, std::vector<Header> headers, std::optional<std::uint64_t> length) const {
  exchange_->start(head(status, std::move(headers)), length);
}

void Responder::write(std::string piece, std::function<void(bool)> taken) const { exchange_->write(std::move(piece), std::move(taken)); }
void Responder::write(net::SharedPiece piece, std::function<void(bool)> taken) const {
  exchange_->write(std::move(piece), std::move(taken));
}
void Responder::finish() const { exchange_->finish(); }
void Responder::abort() const { exchange_->abort(); }

}  // namespace matinee::http
