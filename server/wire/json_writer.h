// Appends JSON to a string that its caller reuses: no tree, no allocation of its own. Commas are placed by themselves.
// Thread rule: a value on somebody's stack.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include "rooms/ids.h"

namespace matinee::wire {

class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}

  void open_object() {
    begin();
    out_ += '{';
    first_ = true;
  }
  void close_object() {
    out_ += '}';
    first_ = false;
  }
  void open_array() {
    begin();
    out_ += '[';
    first_ = true;
  }
  void close_array() {
    out_ += ']';
    first_ = false;
  }

  // Names are ours: plain ASCII without anything to escape.
  JsonWriter& key(std::string_view name) {
    begin();
    out_ += '"';
    out_ += name;
    out_ += "\":";
    first_ = true;
    return *this;
  }
  void string(std::string_view text) {
    begin();
    quote(text);
  }
  void integer(std::int64_t value);
  void number(double value);  // finite; the shortest spelling that reads back the same
  void boolean(bool value) {
    begin();
    out_ += value ? "true" : "false";
  }
  void null() {
    begin();
    out_ += "null";
  }
  void raw(std::string_view json) {
    begin();
    out_ += json;
  }                                 // already JSON
  void person(rooms::PersonId id);  // person ids travel as strings of digits

 private:
  void begin() {
    if (!first_) out_ += ',';
    first_ = false;
  }
  void quote(std::string_view text);

  std::string& out_;
  bool first_ = true;
};

}  // namespace matinee::wire
