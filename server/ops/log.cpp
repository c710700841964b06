#include "server/ops/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <array>
#include <atomic>
#include <cctype>
#include <chrono>
#include <cmath>
#include <ctime>
#include <memory>

namespace matinee::ops {
namespace {

constexpr std::size_t value_bytes_max = 300;
constexpr std::array<std::string_view, 8> secret_words{"password", "token", "secret", "cookie", "csrf", "hash", "text", "key"};
constexpr std::array<std::string_view, 4> level_names{"debug", "info", "warning", "error"};

std::string_view name_of(LogLevel level) { return level_names[static_cast<std::size_t>(level)]; }

struct Settings {
  std::atomic<LogLevel> level{LogLevel::info};
  LogOptions options;
  std::shared_ptr<spdlog::logger> lines;  // spdlog hands loggers out as shared_ptr
};

Settings& settings() {
  static Settings* one = [] {  // lives until the process ends: threads may log while statics are destroyed
    auto* made = new Settings;
    made->lines = std::make_shared<spdlog::logger>("matinee", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->lines->set_pattern("%v");
    made->lines->set_level(spdlog::level::trace);
    made->lines->flush_on(spdlog::level::trace);
    return made;
  }();
  return *one;
}

bool is_secret(std::string_view key) {
  for (std::string_view word : secret_words) {
    if (key.find(word) != std::string_view::npos) return true;
  }
  return false;
}

void append_escaped(std::string& out, std::string_view text) {
  static constexpr char digits[] = "0123456789abcdef";
  for (char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte == 0x7f) {
      out += "\\u00";
      out += digits[byte >> 4];
      out += digits[byte & 15];
    } else {
      out += c;
    }
  }
}

void append_quoted(std::string& out, std::string_view text) {
  std::size_t length = std::min(text.size(), value_bytes_max);
  while (length < text.size() && length > 0 && (static_cast<unsigned char>(text[length]) & 0xC0) == 0x80) --length;  // whole characters
  out += '"';
  append_escaped(out, text.substr(0, length));
  if (length < text.size()) out += "…";
  out += '"';
}

bool is_plain(std::string_view text) {
  if (text.empty() || text.size() > value_bytes_max) return false;
  for (char c : text) {
    if (static_cast<unsigned char>(c) <= 0x20 || c == '"' || c == '\\' || c == '=' || c == 0x7f) return false;
  }
  return true;
}

void append_value(std::string& out, const LogField& field, bool json) {
  if (const auto* text = std::get_if<std::string_view>(&field.value)) {
    const std::string_view shown = is_secret(field.key) ? std::string_view("[hidden]") : *text;
    if (!json && is_plain(shown)) out += shown;
    else append_quoted(out, shown);
  } else if (const auto* number = std::get_if<std::int64_t>(&field.value)) {
    out += std::to_string(*number);
  } else if (const auto* real = std::get_if<double>(&field.value)) {
    char digits[32];
    if (std::isfinite(*real)) out.append(digits, static_cast<std::size_t>(std::snprintf(digits, sizeof digits, "%.6g", *real)));
    else out += "null";
  } else {
    out += std::get<bool>(field.value) ? "true" : "false";
  }
}

std::string iso_time(std::int64_t unix_ms) {
  const std::time_t seconds = unix_ms / 1000;
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  char text[40];
  const std::size_t length = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
  char fraction[8];
  std::snprintf(fraction, sizeof fraction, ".%03dZ", static_cast<int>(unix_ms % 1000));
  return std::string(text, length) + fraction;
}

}  // namespace

std::optional<LogLevel> log_level_from(std::string_view name) {
  for (std::size_t i = 0; i < level_names.size(); ++i) {
    if (level_names[i] == name) return static_cast<LogLevel>(i);
  }
  return std::nullopt;
}

std::string format_log_line(bool json, std::int64_t unix_ms, LogLevel level, std::string_view event, LogFields fields) {
  std::string line;
  if (json) {
    line = R"({"time":")" + iso_time(unix_ms) + R"(","level":")" + std::string(name_of(level)) + R"(","event":)";
    append_quoted(line, event);
  } else {
    line = iso_time(unix_ms) + " " + std::string(name_of(level)) + " ";
    append_escaped(line, event);
  }
  for (const LogField& field : fields) {
    if (json) {
      line += ",";
      append_quoted(line, field.key);
      line += ":";
    } else {
      line += " ";
      line += field.key;
      line += "=";
    }
    append_value(line, field, json);
  }
  if (json) line += "}";
  return line;
}

void configure_log(LogOptions options) {
  settings().level = options.level;
  settings().options = std::move(options);
}

void log(LogLevel level, std::string_view event, LogFields fields) {
  Settings& own = settings();
  if (level < own.level.load(std::memory_order_relaxed)) return;
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const std::string line =
      format_log_line(own.options.json, std::chrono::duration_cast<std::chrono::milliseconds>(now).count(), level, event, fields);
  if (own.options.output) own.options.output(line);
  else own.lines->log(spdlog::level::info, spdlog::string_view_t(line));
}

}  // namespace matinee::ops
