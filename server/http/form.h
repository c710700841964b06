// application/x-www-form-urlencoded, bounded. Pure: a fuzz target.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace matinee::http {

struct FormLimits {
  std::size_t fields_max = 64;
  std::size_t name_bytes_max = 128;
  std::size_t value_bytes_max = 16 * 1024;
};

class Form {
 public:
  // Nothing when the text is malformed, not UTF-8 or over a limit.
  [[nodiscard]] static std::optional<Form> parse(std::string_view body, const FormLimits& limits = {});

  // The first value of this name; nothing when absent (an empty field is "").
  [[nodiscard]] std::optional<std::string_view> value(std::string_view name) const;
  [[nodiscard]] std::string_view value_or_empty(std::string_view name) const { return value(name).value_or(std::string_view{}); }
  [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& fields() const { return fields_; }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

}  // namespace matinee::http
