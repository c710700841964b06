// Structured log: a level, an event in plain words, and named values; written to standard error as one text line of key=value pairs
// or as one JSON object. spdlog stays behind log.cpp.
// Never give it a password, token, key, cookie or chat text. As a net below that rule, values under such names are written as
// "[hidden]", control characters are escaped (no forged lines) and long values are cut.
// Thread rule: configure_log() once at start; the rest from any thread.
#pragma once
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace matinee::ops {

enum class LogLevel : std::uint8_t { debug, info, warning, error };
[[nodiscard]] std::optional<LogLevel> log_level_from(std::string_view name);

struct LogField {
  template <class T>
  LogField(std::string_view key_, const T& value_) : key(key_), value(as_value(value_)) {}  // NOLINT: {"port", port}

  std::string_view key;
  std::variant<std::int64_t, double, bool, std::string_view> value;

 private:
  template <class T>
  static decltype(value) as_value(const T& v) {
    if constexpr (std::is_same_v<T, bool>) return v;
    else if constexpr (std::is_integral_v<T>) return static_cast<std::int64_t>(v);
    else if constexpr (std::is_floating_point_v<T>) return static_cast<double>(v);
    else return std::string_view(v);
  }
};
using LogFields = std::initializer_list<LogField>;

struct LogOptions {
  LogLevel level = LogLevel::info;
  bool json = false;
  std::function<void(const std::string& line)> output;  // instead of standard error; must be thread-safe
};
void configure_log(LogOptions options);

void log(LogLevel level, std::string_view event, LogFields fields = {});
inline void log_debug(std::string_view event, LogFields fields = {}) { log(LogLevel::debug, event, fields); }
inline void log_info(std::string_view event, LogFields fields = {}) { log(LogLevel::info, event, fields); }
inline void log_warning(std::string_view event, LogFields fields = {}) { log(LogLevel::warning, event, fields); }
inline void log_error(std::string_view event, LogFields fields = {}) { log(LogLevel::error, event, fields); }

// One line as it would be written; pure, for tests.
[[nodiscard]] std::string format_log_line(bool json, std::int64_t unix_ms, LogLevel level, std::string_view event, LogFields fields);

}  // namespace matinee::ops
