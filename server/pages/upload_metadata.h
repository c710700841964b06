// What an upload says of itself: the Upload-Metadata field of tus 1.0.0, "filename BASE64,fingerprint BASE64". Pure.
// Source: https://tus.io/protocols/resumable-upload (Creation); RFC 4648 for base64.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace matinee::pages {

inline constexpr std::size_t upload_metadata_bytes_max = 4 * 1024;

struct UploadMetadata {
  std::string file_name;    // empty = not told
  std::string fingerprint;  // what the page knows the file by; empty = not told
};
// Other keys are not looked at; of a key that comes twice the last counts. Nothing when it is malformed or longer than the bound.
[[nodiscard]] std::optional<UploadMetadata> read_upload_metadata(std::string_view field);

}  // namespace matinee::pages
