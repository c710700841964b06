#include "server/auth/names.h"

#include <utf8proc.h>

#include <array>
#include <cstdlib>
#include <memory>
#include <optional>

namespace matinee::auth {
namespace {

constexpr utf8proc_int32_t variation_selector_16 = 0xFE0F;  // "show as a picture", after a symbol
constexpr utf8proc_int32_t braille_blank = 0x2800;          // a symbol that shows nothing
constexpr std::string_view ascii_blanks = " \t\r\n";

const utf8proc_uint8_t* bytes_of(std::string_view text) {
  return reinterpret_cast<const utf8proc_uint8_t*>(text.data());  // NOLINT: text as bytes
}

std::optional<std::string> mapped(std::string_view text, int options) {
  utf8proc_uint8_t* raw = nullptr;
  const auto size = utf8proc_map(bytes_of(text), static_cast<utf8proc_ssize_t>(text.size()), &raw, static_cast<utf8proc_option_t>(options));
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(raw, &std::free);
  if (size < 0) return std::nullopt;
  return std::string(reinterpret_cast<const char*>(raw), static_cast<std::size_t>(size));  // NOLINT: bytes as text
}

std::optional<std::string> composed(std::string_view text) { return mapped(text, UTF8PROC_STABLE | UTF8PROC_COMPOSE); }

// The toNFKC_Casefold of the Unicode standard: what makes two spellings the same name.
std::optional<std::string> folded(std::string_view text) {
  return mapped(text, UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE);
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(ascii_blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(ascii_blanks) - first + 1);
}

bool is_mark(utf8proc_category_t category) {
  return category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_MC || category == UTF8PROC_CATEGORY_ME;
}

bool never_in_a_name(utf8proc_int32_t code, utf8proc_category_t category) {
  switch (category) {
    case UTF8PROC_CATEGORY_CN:
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_CO:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP: return true;
    default: return code == braille_blank || utf8proc_get_property(code)->ignorable != 0;
  }
}

// Builds the shown form code point by code point.
class NameBuilder {
 public:
  std::optional<FieldError> add(utf8proc_int32_t code) {
    const auto category = utf8proc_category(code);
    if (category == UTF8PROC_CATEGORY_ZS) {
      blank_before_next_ = !text_.empty();
      marks_ = 0;
      return std::nullopt;
    }
    if (code == variation_selector_16 && after_symbol_) {
      append(code);
      return std::nullopt;
    }
    if (never_in_a_name(code, category)) return FieldError::name_bad_character;
    if (is_mark(category)) {
      const bool stands_alone = text_.empty() || blank_before_next_;
      if (stands_alone || ++marks_ > stacked_marks_max) return FieldError::name_bad_character;
    } else {
      marks_ = 0;
    }
    if (code == '@') return FieldError::name_has_at;
    if (blank_before_next_) append(' ');
    blank_before_next_ = false;
    append(code);
    after_symbol_ = category == UTF8PROC_CATEGORY_SO;
    return std::nullopt;
  }

  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] std::size_t code_points() const { return code_points_; }

 private:
  void append(utf8proc_int32_t code) {
    std::array<utf8proc_uint8_t, 4> bytes{};
    const auto size = utf8proc_encode_char(code, bytes.data());
    for (int index = 0; index < size; ++index) text_ += static_cast<char>(bytes[static_cast<std::size_t>(index)]);
    ++code_points_;
    after_symbol_ = false;
  }

  std::string text_;
  std::size_t code_points_ = 0;
  std::size_t marks_ = 0;
  bool blank_before_next_ = false;
  bool after_symbol_ = false;
};

bool good_local_part(std::string_view local) { return !local.empty() && local.size() <= 64; }

bool good_domain(std::string_view domain) {
  const bool dots_inside = domain.find('.') != std::string_view::npos && domain.front() != '.' && domain.back() != '.';
  return dots_inside && domain.find("..") == std::string_view::npos;
}

bool good_email_character(unsigned char byte) {
  constexpr std::string_view refused = "()<>[]\\,;:\"";
  return byte > ' ' && byte != 0x7f && refused.find(static_cast<char>(byte)) == std::string_view::npos;
}

}  // namespace

tl::expected<Name, FieldError> check_name(std::string_view typed) {
  if (typed.size() > name_input_bytes_max) return tl::unexpected(FieldError::name_too_long);
  const auto normal = composed(trimmed(typed));
  if (!normal) return tl::unexpected(FieldError::name_not_text);
  NameBuilder builder;
  std::string_view rest = *normal;
  while (!rest.empty()) {
    utf8proc_int32_t code = 0;
    const auto size = utf8proc_iterate(bytes_of(rest), static_cast<utf8proc_ssize_t>(rest.size()), &code);
    if (size <= 0) return tl::unexpected(FieldError::name_not_text);
    if (const auto error = builder.add(code)) return tl::unexpected(*error);
    rest.remove_prefix(static_cast<std::size_t>(size));
  }
  if (builder.text().empty()) return tl::unexpected(FieldError::name_empty);
  if (builder.code_points() > name_code_points_max) return tl::unexpected(FieldError::name_too_long);
  auto key = folded(builder.text());
  if (!key || key->empty()) return tl::unexpected(FieldError::name_bad_character);
  return Name{builder.text(), std::move(*key)};
}

std::string initial(std::string_view name) {
  utf8proc_int32_t code = 0;
  if (utf8proc_iterate(bytes_of(name), static_cast<utf8proc_ssize_t>(name.size()), &code) <= 0) return "?";
  std::array<utf8proc_uint8_t, 4> bytes{};
  const auto size = utf8proc_encode_char(utf8proc_toupper(code), bytes.data());
  std::string text;
  for (int index = 0; index < size; ++index) text += static_cast<char>(bytes[static_cast<std::size_t>(index)]);
  return text;
}

tl::expected<Email, FieldError> check_email(std::string_view typed) {
  const std::string_view text = trimmed(typed);
  if (text.size() > email_bytes_max) return tl::unexpected(FieldError::email_too_long);
  const auto at = text.find('@');
  if (at == std::string_view::npos || at + 1 == text.size() || text.find('@', at + 1) != std::string_view::npos) {
    return tl::unexpected(FieldError::email_malformed);
  }
  for (const char character : text) {
    if (!good_email_character(static_cast<unsigned char>(character))) return tl::unexpected(FieldError::email_malformed);
  }
  auto key = folded(text);
  if (!key || !good_local_part(text.substr(0, at)) || !good_domain(text.substr(at + 1))) return tl::unexpected(FieldError::email_malformed);
  return Email{std::string(text), std::move(*key)};
}

tl::expected<void, FieldError> check_password(std::string_view typed) {
  if (typed.size() < password_bytes_min) return tl::unexpected(FieldError::password_too_short);
  if (typed.size() > password_bytes_max) return tl::unexpected(FieldError::password_too_long);
  return {};
}

LogInKeys log_in_keys(std::string_view typed) {
  if (typed.find('@') != std::string_view::npos) {
    auto email = check_email(typed);
    return email ? LogInKeys{"", std::move(email->key)} : LogInKeys{};
  }
  auto name = check_name(typed);
  return name ? LogInKeys{std::move(name->key), ""} : LogInKeys{};
}

std::string_view to_string(FieldError error) {
  static_assert(name_code_points_max == 32 && password_bytes_min == 8 && password_bytes_max == 256 && email_bytes_max == 254,
                "the sentences of these words (field.… in static/js/strings) name these bounds");
  switch (error) {
    case FieldError::name_empty: return "name_empty";
    case FieldError::name_too_long: return "name_too_long";
    case FieldError::name_not_text: return "name_not_text";
    case FieldError::name_bad_character: return "name_bad_character";
    case FieldError::name_has_at: return "name_has_at";
    case FieldError::name_taken: return "name_taken";
    case FieldError::name_missing: return "name_missing";
    case FieldError::email_malformed: return "email_malformed";
    case FieldError::email_too_long: return "email_too_long";
    case FieldError::email_taken: return "email_taken";
    case FieldError::password_too_short: return "password_too_short";
    case FieldError::password_too_long: return "password_too_long";
    case FieldError::password_missing: return "password_missing";
  }
  return "unknown";
}

}  // namespace matinee::auth
