// Typed, bounded access to the fields of a JSON object. The first field that is missing, of the wrong type or out of bounds is
// remembered and named in the refusal; after it every getter answers something harmless. Internal to server/wire.
// Thread rule: pure.
#pragma once
#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include "rooms/ids.h"

namespace matinee::wire {

struct Bounds {
  std::int64_t min;
  std::int64_t max;
};
struct Lengths {
  std::size_t min;
  std::size_t max;
};  // bytes

class Fields {
 public:
  explicit Fields(const boost::json::object& object, std::string prefix = {}) : object_(object), prefix_(std::move(prefix)) {}

  [[nodiscard]] bool has(std::string_view key) const { return find(key) != nullptr; }
  // A whole number; 5.0 counts, 5.5 does not.
  [[nodiscard]] std::int64_t integer(std::string_view key, Bounds bounds);
  [[nodiscard]] std::optional<std::int64_t> maybe_integer(std::string_view key, Bounds bounds);
  // Milliseconds as players and clocks report them: fractions are cut off.
  [[nodiscard]] std::int64_t milliseconds(std::string_view key, Bounds bounds);
  [[nodiscard]] std::optional<std::int64_t> maybe_milliseconds(std::string_view key, Bounds bounds);
  [[nodiscard]] double number(std::string_view key, double min, double max);
  [[nodiscard]] bool boolean(std::string_view key);
  [[nodiscard]] bool boolean_or(std::string_view key, bool otherwise);
  [[nodiscard]] std::string_view string(std::string_view key, Lengths lengths);
  [[nodiscard]] std::optional<std::string_view> maybe_string(std::string_view key, Lengths lengths);
  // 8–36 of [A-Za-z0-9_-].
  [[nodiscard]] std::string_view token(std::string_view key, Lengths lengths);
  // A string of decimal digits, 1 … 2^53.
  [[nodiscard]] rooms::PersonId person(std::string_view key);
  [[nodiscard]] const boost::json::object* maybe_object(std::string_view key);

  void refuse(std::string_view key);
  [[nodiscard]] bool fine() const { return bad_.empty(); }
  [[nodiscard]] const std::string& bad() const { return bad_; }
  [[nodiscard]] const boost::json::object& raw() const { return object_; }

 private:
  [[nodiscard]] const boost::json::value* find(std::string_view key) const;  // null counts as absent

  const boost::json::object& object_;
  std::string prefix_;
  std::string bad_;
};

[[nodiscard]] bool is_token(std::string_view text);

}  // namespace matinee::wire
