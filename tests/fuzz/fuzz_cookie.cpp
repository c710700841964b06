// Arbitrary bytes as a Cookie field, where what is found lies inside the field, and as Accept-Language, which gets a language of ours.
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "server/http/accept_language.h"
#include "server/http/cookies.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view field(reinterpret_cast<const char*>(data), size);
  for (const std::string_view name : {"session", "a", ""}) {
    const auto value = matinee::http::find_cookie(field, name);
    if (value && (value->data() < field.data() || value->data() + value->size() > field.data() + field.size())) std::abort();
    if (value && value->find(';') != value->npos) std::abort();
  }
  constexpr std::array<std::string_view, 2> languages{"en", "de"};
  const auto language = matinee::http::preferred_language(field, languages);
  if (language && *language != "en" && *language != "de") std::abort();
  return 0;
}
