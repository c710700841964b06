// Templates: every page of one folder, read and parsed once at start for each language; partials and words are put in place then. Text
// is always escaped: a template that asks for raw output is refused, so no handler can forget it.
// Thread rule: immutable after load(); any thread.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include "server/pages/model.h"
#include "server/pages/strings.h"

namespace matinee::pages {

class Templates {
 public:
  // On failure nullptr and one sentence for the operator that names the file.
  [[nodiscard]] static std::unique_ptr<const Templates> load(const std::string& folder, const Strings& strings, std::string& error);
  ~Templates();
  Templates(const Templates&) = delete;
  Templates& operator=(const Templates&) = delete;

  [[nodiscard]] std::string render(std::string_view page, const Words& words,
                                   const Model& model) const;  // asserts that there is such a page

 private:
  struct Parsed;
  explicit Templates(std::unique_ptr<Parsed> parsed);
  std::unique_ptr<Parsed> parsed_;
};

}  // namespace matinee::pages
