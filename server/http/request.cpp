#include "server/http/request.h"

#include <algorithm>

#include "server/http/cookies.h"
#include "server/http/target.h"

namespace matinee::http {

Request::Request(std::shared_ptr<net::Exchange> exchange) : exchange_(std::move(exchange)) {
  const std::string_view whole = target();
  const std::size_t question = std::min(whole.find('?'), whole.size());
  query_ = whole.substr(std::min(question + 1, whole.size()));
  auto decoded = decode_path(whole.substr(0, question));
  if (!decoded) return;
  path_ = std::move(*decoded);
  valid_ = true;
}

std::string_view Request::path_param(std::string_view name) const {
  const auto found = std::find_if(path_params_.begin(), path_params_.end(), [&](const auto& p) { return p.first == name; });
  return found == path_params_.end() ? std::string_view{} : std::string_view(found->second);
}

std::optional<std::string> Request::query_param(std::string_view name) const {
  std::string_view rest = query_;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('&'), rest.size());
    const std::string_view pair = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const std::size_t equals = std::min(pair.find('='), pair.size());
    if (decode_form_text(pair.substr(0, equals)) == name) return decode_form_text(pair.substr(std::min(equals + 1, pair.size())));
  }
  return std::nullopt;
}

std::optional<std::string_view> Request::cookie(std::string_view name) const {
  for (const net::HeaderField& field : head().fields) {
    if (field.name != "cookie") continue;
    if (const auto value = find_cookie(field.value, name)) return value;
  }
  return std::nullopt;
}

std::string Request::own_origin() const { return (secure() ? "https://" : "http://") + host(); }

bool Request::same_origin() const {
  const std::string_view origin = header("origin");
  if (origin.empty()) return header("sec-fetch-site") == "same-origin";
  return head().count("origin") == 1 && origin == own_origin();
}

// Collects a body; keeps itself alive through the callback it waits for.
struct Request::BodyReader : std::enable_shared_from_this<BodyReader> {
  BodyReader(std::shared_ptr<net::Exchange> from, std::size_t most, OnBody to)
      : exchange(std::move(from)), max_bytes(most), on_body(std::move(to)) {}

  void next() {
    exchange->read_some([self = shared_from_this()](BodyError error, std::string_view piece) { self->take(error, piece); });
  }
  void take(BodyError error, std::string_view piece) {
    if (error == BodyError::none && body.size() + piece.size() > max_bytes) error = BodyError::too_large;
    if (error != BodyError::none) return on_body(tl::unexpected(error));
    if (piece.empty()) return on_body(std::move(body));
    body.append(piece);
    next();
  }

  std::shared_ptr<net::Exchange> exchange;  // shared with Request and Responder
  std::size_t max_bytes;
  OnBody on_body;
  std::string body;
};

void Request::read_body(std::size_t max_bytes, OnBody on_body) {
  const auto declared = exchange_->declared_length();
  if (declared && *declared > max_bytes) {
    loop().post([on_body = std::move(on_body)] { on_body(tl::unexpected(BodyError::too_large)); });
    return;
  }
  std::make_shared<BodyReader>(exchange_, max_bytes, std::move(on_body))->next();
}

int status_of(BodyError error) {
  switch (error) {
    case BodyError::none: return 200;
    case BodyError::too_large: return 413;
    case BodyError::malformed: return 400;
    case BodyError::timeout: return 408;
    case BodyError::gone: return 400;
  }
  return 500;
}

}  // namespace matinee::http
