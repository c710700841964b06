// Model: the values a template shows, by name. A name that was never set is absent, which is what templates ask about; an empty
// text would count as there, so text that may be missing goes through set_if().
// Thread rule: a value.
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace matinee::pages {

class Model {
 public:
  using List = std::vector<Model>;
  using Value = std::variant<bool, std::string, List>;

  Model& set(std::string name, std::string_view text) { return put(std::move(name), std::string(text)); }
  Model& set(std::string name, const char* text) { return put(std::move(name), std::string(text)); }
  Model& set(std::string name, bool yes) { return put(std::move(name), yes); }
  Model& set(std::string name, List list) { return put(std::move(name), std::move(list)); }
  Model& set(std::string name, Model one) { return put(std::move(name), List{std::move(one)}); }  // a section shown once
  Model& set_if(std::string name, std::string_view text) { return text.empty() ? *this : set(std::move(name), text); }

  [[nodiscard]] const std::map<std::string, Value>& values() const { return values_; }

 private:
  Model& put(std::string name, Value value) {
    values_.insert_or_assign(std::move(name), std::move(value));
    return *this;
  }
  std::map<std::string, Value> values_;
};

}  // namespace matinee::pages
