#include "server/auth/random.h"

#include <openssl/rand.h>

#include <cstdlib>

#include "server/auth/digest.h"

namespace matinee::auth {

void random_bytes(std::span<std::uint8_t> out) {
  if (RAND_bytes(out.data(), static_cast<int>(out.size())) != 1) std::abort();
}

std::uint64_t random_bits() {
  std::array<std::uint8_t, 8> bytes{};
  random_bytes(bytes);
  std::uint64_t bits = 0;
  for (const std::uint8_t byte : bytes) bits = (bits << 8) | byte;
  return bits;
}

seams::UserId random_user_id() {
  std::uint64_t bits = 0;
  while (bits == 0) bits = random_bits() >> 11;
  return seams::UserId{static_cast<std::int64_t>(bits)};
}

std::string random_token() {
  std::array<std::uint8_t, token_bytes> bytes{};
  random_bytes(bytes);
  return base64url(bytes);
}

}  // namespace matinee::auth
