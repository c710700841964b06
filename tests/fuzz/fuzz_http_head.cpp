// Arbitrary bytes as a request head: our check and Beast's parser agree that what passes both is a sane request.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "server/net/head_check.h"
#include "server/net/http1_parser.h"

using namespace matinee::net;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const HttpLimits limits;
  HeadVerdict verdict;
  const std::size_t end = find_head_end(bytes, limits, verdict);
  if (end > size || end > limits.head_bytes_max || (end != 0 && verdict.status != 0)) std::abort();
  if (end == 0) return 0;
  if (check_head(bytes.substr(0, end), limits).status != 0) return 0;
  Http1Parser parser;
  RequestHead head;
  if (!parser.parse_head(bytes.substr(0, end), head)) return 0;
  if (head.fields.size() > limits.fields_max || head.method.empty() || head.target.empty()) std::abort();
  if (head.target.front() != '/' && head.target != "*") std::abort();
  if (head.count("content-length") + head.count("transfer-encoding") > 1 || head.count("host") > 1) std::abort();
  if (head.version_minor > 1 || (head.version_minor == 1 && head.count("host") != 1)) std::abort();
  return 0;
}
