#include "server/net/exchange.h"

#include <algorithm>

namespace matinee::net {

std::string_view RequestHead::field(std::string_view lower_name) const {
  const auto found = std::find_if(fields.begin(), fields.end(), [&](const HeaderField& f) { return f.name == lower_name; });
  return found == fields.end() ? std::string_view{} : std::string_view(found->value);
}

std::size_t RequestHead::count(std::string_view lower_name) const {
  return static_cast<std::size_t>(std::count_if(fields.begin(), fields.end(), [&](const HeaderField& f) { return f.name == lower_name; }));
}

}  // namespace matinee::net
