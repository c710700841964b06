#include "server/http/redirect.h"

#include <algorithm>

namespace matinee::http {

bool is_own_path(std::string_view path) {
  if (path.empty() || path.front() != '/' || path.size() > 2048) return false;
  // Browsers read '\' as '/', and "//" or "/\" begins a foreign host.
  if (path.size() > 1 && (path[1] == '/' || path[1] == '\\')) return false;
  return std::all_of(path.begin(), path.end(), [](char c) { return c > ' ' && c < '\x7f' && c != '\\'; });
}

std::string own_path_or(std::string_view wanted, std::string_view otherwise) {
  return std::string(is_own_path(wanted) ? wanted : otherwise);
}

}  // namespace matinee::http
