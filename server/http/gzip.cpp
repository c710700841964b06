#include "server/http/gzip.h"

#include <zlib.h>

#include <algorithm>

namespace matinee::http {

std::string gzip(std::string_view text) {
  constexpr int gzip_window = 15 + 16;  // the largest window, gzip framing
  z_stream stream{};
  if (::deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, gzip_window, 9, Z_DEFAULT_STRATEGY) != Z_OK) return {};
  std::string out(::deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));  // zlib does not write to it
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int result = ::deflate(&stream, Z_FINISH);
  out.resize(out.size() - stream.avail_out);
  ::deflateEnd(&stream);
  return result == Z_STREAM_END ? out : std::string();
}

bool accepts_gzip(std::string_view field) {
  while (!field.empty()) {
    const std::size_t end = std::min(field.find(','), field.size());
    std::string item(field.substr(0, end));
    field.remove_prefix(std::min(end + 1, field.size()));
    std::erase_if(item, [](char c) { return c == ' ' || c == '\t'; });
    std::transform(item.begin(), item.end(), item.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    if (!item.starts_with("gzip") || (item.size() > 4 && item[4] != ';')) continue;
    const std::size_t q = item.find(";q=");
    return q == item.npos || item.find_first_of("123456789", q) != item.npos;
  }
  return false;
}

}  // namespace matinee::http
