#include "server/http/form.h"

#include <algorithm>

#include "server/http/target.h"

namespace matinee::http {

std::optional<Form> Form::parse(std::string_view body, const FormLimits& limits) {
  Form form;
  while (!body.empty()) {
    const std::size_t end = std::min(body.find('&'), body.size());
    const std::string_view pair = body.substr(0, end);
    body.remove_prefix(std::min(end + 1, body.size()));
    if (pair.empty()) continue;
    if (form.fields_.size() == limits.fields_max) return std::nullopt;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    auto name = decode_form_text(pair.substr(0, equals));
    auto value = decode_form_text(pair.substr(std::min(equals + 1, pair.size())));
    if (!name || !value || name->size() > limits.name_bytes_max || value->size() > limits.value_bytes_max) return std::nullopt;
    form.fields_.emplace_back(std::move(*name), std::move(*value));
  }
  return form;
}

std::optional<std::string_view> Form::value(std::string_view name) const {
  const auto found = std::find_if(fields_.begin(), fields_.end(), [&](const auto& field) { return field.first == name; });
  if (found == fields_.end()) return std::nullopt;
  return std::string_view(found->second);
}

}  // namespace matinee::http
