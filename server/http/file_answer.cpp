#include "server/http/file_answer.h"

#include <unistd.h>

#include <algorithm>

#include "server/http/ranges.h"

namespace matinee::http {
namespace {

using Kind = RangeResult::Kind;

struct Plan {
  int status = 200;
  RangeResult range;
  std::vector<Header> headers;
};

Plan plan_answer(const Request& request, const FileAnswer& answer, std::uint64_t size_bytes) {
  Plan plan;
  plan.headers = answer.extra;
  plan.headers.push_back({"ETag", answer.etag});
  plan.headers.push_back({"Cache-Control", answer.cache_control});
  if (etag_matches(request.header("if-none-match"), answer.etag)) {
    plan.status = 304;
    return plan;
  }
  plan.range = {Kind::whole, 0, size_bytes};
  if (request.method() == "GET" && range_applies(request.header("if-range"), answer.etag))
    plan.range = parse_range(request.header("range"), size_bytes);
  plan.headers.push_back({"Accept-Ranges", "bytes"});
  if (plan.range.kind != Kind::whole) plan.headers.push_back({"Content-Range", content_range(plan.range, size_bytes)});
  if (plan.range.kind == Kind::unsatisfiable) plan.status = 416;
  if (plan.range.kind == Kind::part) plan.status = 206;
  if (plan.status != 416) plan.headers.push_back({"Content-Type", answer.content_type});
  return plan;
}

}  // namespace

bool etag_matches(std::string_view field, std::string_view etag) {
  if (field == "*") return true;
  while (!field.empty()) {
    const std::size_t end = std::min(field.find(','), field.size());
    std::string_view item = field.substr(0, end);
    field.remove_prefix(std::min(end + 1, field.size()));
    while (!item.empty() && item.front() == ' ') item.remove_prefix(1);
    while (!item.empty() && item.back() == ' ') item.remove_suffix(1);
    if (item.starts_with("W/")) item.remove_prefix(2);
    if (item == etag) return true;
  }
  return false;
}

void answer_file(const Request& request, Responder responder, const FileAnswer& answer, int fd, std::uint64_t size_bytes) {
  Plan plan = plan_answer(request, answer, size_bytes);
  if (plan.status == 304 || plan.status == 416) {
    ::close(fd);
    return responder.send({plan.status, std::move(plan.headers), {}});
  }
  responder.send_file(plan.status, std::move(plan.headers), fd, plan.range.offset, plan.range.length);
}

void answer_bytes(const Request& request, Responder responder, const FileAnswer& answer, const net::SharedBytes& bytes) {
  Plan plan = plan_answer(request, answer, bytes->bytes.size());
  if (plan.status == 200) return responder.send_shared(200, std::move(plan.headers), bytes);
  std::string part;
  if (plan.status == 206) part = bytes->bytes.substr(plan.range.offset, plan.range.length);
  responder.send({plan.status, std::move(plan.headers), std::move(part)});
}

}  // namespace matinee::http
