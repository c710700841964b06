#include "server/wire/fields.h"

#include <algorithm>
#include <boost/json/value.hpp>
#include <charconv>
#include <cmath>
#include "server/wire/decode.h"

namespace matinee::wire {
namespace json = boost::json;
namespace {

bool within(std::int64_t value, Bounds bounds) { return value >= bounds.min && value <= bounds.max; }

// Every JSON number that is a whole number of at most 2^53 either way; JSON itself does not tell 5 from 5.0.
std::optional<std::int64_t> whole(const json::value& value, bool cut_fraction) {
  if (const auto* i = value.if_int64()) return *i;
  const double* d = value.if_double();
  if (d == nullptr || !(std::abs(*d) <= static_cast<double>(integer_max))) return std::nullopt;
  if (!cut_fraction && *d != std::trunc(*d)) return std::nullopt;
  return static_cast<std::int64_t>(*d);
}

}  // namespace

bool is_token(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

const json::value* Fields::find(std::string_view key) const {
  const json::value* value = object_.if_contains(key);
  return value == nullptr || value->is_null() ? nullptr : value;
}

void Fields::refuse(std::string_view key) {
  if (bad_.empty()) bad_.append(prefix_).append(key);
}

std::optional<std::int64_t> Fields::maybe_integer(std::string_view key, Bounds bounds) {
  const json::value* value = find(key);
  if (value == nullptr) return std::nullopt;
  const auto number = whole(*value, false);
  if (number && within(*number, bounds)) return number;
  refuse(key);
  return std::nullopt;
}

std::int64_t Fields::integer(std::string_view key, Bounds bounds) {
  const auto number = maybe_integer(key, bounds);
  if (!number) refuse(key);
  return number.value_or(bounds.min);
}

std::optional<std::int64_t> Fields::maybe_milliseconds(std::string_view key, Bounds bounds) {
  const json::value* value = find(key);
  if (value == nullptr) return std::nullopt;
  const auto number = whole(*value, true);
  if (number && within(*number, bounds)) return number;
  refuse(key);
  return std::nullopt;
}

std::int64_t Fields::milliseconds(std::string_view key, Bounds bounds) {
  const auto number = maybe_milliseconds(key, bounds);
  if (!number) refuse(key);
  return number.value_or(bounds.min);
}

double Fields::number(std::string_view key, double min, double max) {
  const json::value* value = find(key);
  if (value != nullptr && value->is_number()) {
    const double number = value->to_number<double>();
    if (number >= min && number <= max) return number;
  }
  refuse(key);
  return min;
}

bool Fields::boolean_or(std::string_view key, bool otherwise) {
  const json::value* value = find(key);
  if (value == nullptr) return otherwise;
  if (const bool* b = value->if_bool()) return *b;
  refuse(key);
  return otherwise;
}

bool Fields::boolean(std::string_view key) {
  if (!has(key)) refuse(key);
  return boolean_or(key, false);
}

std::optional<std::string_view> Fields::maybe_string(std::string_view key, Lengths lengths) {
  const json::value* value = find(key);
  if (value == nullptr) return std::nullopt;
  const json::string* text = value->if_string();
  if (text != nullptr && text->size() >= lengths.min && text->size() <= lengths.max) return std::string_view(text->data(), text->size());
  refuse(key);
  return std::nullopt;
}

std::string_view Fields::string(std::string_view key, Lengths lengths) {
  const auto text = maybe_string(key, lengths);
  if (!text) refuse(key);
  return text.value_or(std::string_view{});
}

std::string_view Fields::token(std::string_view key, Lengths lengths) {
  const std::string_view text = string(key, lengths);
  if (!is_token(text)) refuse(key);
  return text;
}

rooms::PersonId Fields::person(std::string_view key) {
  const std::string_view text = string(key, {1, 16});
  std::int64_t value = 0;
  const bool digits = std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (!digits || read.ec != std::errc{} || !within(value, {1, integer_max})) refuse(key);
  return rooms::PersonId{value};
}

const json::object* Fields::maybe_object(std::string_view key) {
  const json::value* value = find(key);
  if (value == nullptr) return nullptr;
  if (const json::object* object = value->if_object()) return object;
  refuse(key);
  return nullptr;
}

}  // namespace matinee::wire
