// Strings: every word people see, by key, in each language: the catalogues static/js/strings/LANGUAGE.js, which the pages' scripts read
// too (docs/strings.md). Read and checked once at start.
// Thread rule: immutable after load(); any thread.
#pragma once
#include <array>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace matinee::pages {

// English first: it is what a browser gets that asks for none of them.
inline constexpr std::array<std::string_view, 2> language_tags{"en", "de"};

// One language's catalogue.
class Words {
 public:
  using Values = std::initializer_list<std::pair<std::string_view, std::string_view>>;

  ~Words();
  Words(const Words&) = delete;
  Words& operator=(const Words&) = delete;

  [[nodiscard]] std::string_view tag() const { return tag_; }  // "de"
  // The text with its {placeholders} filled. Keys are ours, and tests/js/strings.test.mjs holds the code to the catalogue; one that is not
  // there all the same shows itself and ends nothing.
  [[nodiscard]] std::string text(std::string_view key, Values values = {}) const;
  // The form for a number of things, which is also {n}: "1 person here", "3 people here".
  [[nodiscard]] std::string count(std::string_view key, std::int64_t n, Values values = {}) const;
  [[nodiscard]] bool has(std::string_view key) const;
  // As it stands in the catalogue; nothing for a key that is not there or has forms for numbers. For templates.
  [[nodiscard]] std::optional<std::string_view> raw(std::string_view key) const;

 private:
  friend class Strings;
  struct Catalogue;
  Words(std::string_view tag, std::unique_ptr<Catalogue> catalogue);
  std::string_view tag_;
  std::unique_ptr<Catalogue> catalogue_;
};

class Strings {
 public:
  // Reads LANGUAGE.js of every language in `folder`. On failure nullptr and one sentence for the operator that names the file.
  [[nodiscard]] static std::unique_ptr<const Strings> load(const std::string& folder, std::string& error);
  ~Strings();
  Strings(const Strings&) = delete;
  Strings& operator=(const Strings&) = delete;

  [[nodiscard]] const Words& english() const { return *all_.front(); }
  // `tag` as a cookie or a form says it; nothing for a language we do not speak.
  [[nodiscard]] const Words* find(std::string_view tag) const;
  [[nodiscard]] const std::array<std::unique_ptr<const Words>, language_tags.size()>& all() const { return all_; }

 private:
  Strings();
  std::array<std::unique_ptr<const Words>, language_tags.size()> all_;
};

}  // namespace matinee::pages
