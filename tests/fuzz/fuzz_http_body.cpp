// A chunked body decodes to the same bytes however it is cut into pieces. The first byte chooses the cut.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "server/net/http1_parser.h"

using namespace matinee::net;

namespace {

// What was decoded, or nothing when refused. `complete` tells whether the body has ended.
std::optional<std::string> decode(std::string_view bytes, std::size_t piece, bool& complete) {
  Http1Parser parser;
  RequestHead head;
  if (!parser.parse_head("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", head)) std::abort();
  std::string decoded;
  std::string waiting;
  while (parser.has_body() && !bytes.empty()) {
    waiting.append(bytes.substr(0, piece));
    bytes.remove_prefix(std::min(piece, bytes.size()));
    const auto used = parser.put_body(waiting, decoded);
    if (!used) return std::nullopt;
    if (*used > waiting.size()) std::abort();
    waiting.erase(0, *used);
  }
  complete = !parser.has_body();
  return decoded;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  bool whole_complete = false;
  bool cut_complete = false;
  const auto whole = decode(bytes, bytes.size() + 1, whole_complete);
  const auto cut = decode(bytes, data[0] % 17u + 1u, cut_complete);
  if (whole.has_value() != cut.has_value() || (whole && (whole_complete != cut_complete || *whole != *cut))) std::abort();
  if (whole && whole->size() > bytes.size()) std::abort();
  return 0;
}
