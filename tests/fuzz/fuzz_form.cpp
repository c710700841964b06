// Arbitrary bytes as a form: its bounds hold, all text is valid, and encoding it again gives the same form.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "server/http/form.h"
#include "server/http/target.h"
#include "server/net/utf8.h"

using namespace matinee::http;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  const FormLimits limits;
  const auto path = decode_path(body);
  if (path && (!matinee::net::is_valid_utf8(*path) || path->find('\0') != path->npos)) std::abort();
  const auto form = Form::parse(body, limits);
  if (!form) return 0;
  if (form->fields().size() > limits.fields_max) std::abort();
  std::string again;
  for (const auto& [name, value] : form->fields()) {
    if (name.size() > limits.name_bytes_max || value.size() > limits.value_bytes_max) std::abort();
    if (!matinee::net::is_valid_utf8(name) || !matinee::net::is_valid_utf8(value)) std::abort();
    again.append(encode_component(name)).append("=").append(encode_component(value)).append("&");
  }
  const auto second = Form::parse(again, limits);
  if (!second || second->fields() != form->fields()) std::abort();
  return 0;
}
