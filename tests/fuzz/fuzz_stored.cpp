// What storage gives back may be damaged: it is read or it is not, and what is read can be saved and read again.
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include "server/wire/stored.h"

using namespace matinee;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  rooms::RoomInfo info;
  wire::decode_settings(bytes, info);
  rooms::ChatMessage message;
  wire::decode_extra(bytes, message);
  const auto reactions = wire::decode_reactions(bytes);
  if (wire::decode_reactions(wire::encode_reactions(reactions)) != reactions) std::abort();
  const auto snapshot = wire::decode_snapshot(bytes);
  if (!snapshot) return 0;
  const auto saved = wire::encode_snapshot(*snapshot);
  const auto again = wire::decode_snapshot(saved);
  if (!again || wire::encode_snapshot(*again) != saved) std::abort();
  return 0;
}
