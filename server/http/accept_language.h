// Which of our languages a browser asks for: the Accept-Language field (RFC 9110 §12.5.4) against the languages there are. Pure.
#pragma once
#include <optional>
#include <span>
#include <string_view>

namespace matinee::http {

// The one of `languages` ("de", lower case) that the field prefers most: by quality, at the same quality the one named first. "de-AT"
// asks for "de", "*" for the first; quality 0 refuses. Nothing when it asks for none of them.
[[nodiscard]] std::optional<std::string_view> preferred_language(std::string_view field, std::span<const std::string_view> languages);

}  // namespace matinee::http
