#include "server/net/sha256.h"

#include <openssl/evp.h>

#include <cstdlib>

namespace matinee::net {

std::array<unsigned char, 32> sha256(std::string_view bytes) {
  std::array<unsigned char, 32> digest{};
  unsigned size = 0;
  if (::EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, ::EVP_sha256(), nullptr) != 1) std::abort();  // out of memory
  return digest;
}

std::string sha256_hex(std::string_view bytes) {
  constexpr std::string_view hex = "0123456789abcdef";
  std::string out;
  for (const unsigned char byte : sha256(bytes)) out.append({hex[byte >> 4], hex[byte & 15]});
  return out;
}

std::string sha256_base64(std::string_view bytes) {
  const auto digest = sha256(bytes);
  std::array<unsigned char, 48> text{};
  const int size = ::EVP_EncodeBlock(text.data(), digest.data(), static_cast<int>(digest.size()));
  return {reinterpret_cast<const char*>(text.data()), static_cast<std::size_t>(size)};
}

}  // namespace matinee::net
