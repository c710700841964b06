#include "server/pages/templates.h"

#include <array>
#include <cassert>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <kainjow/mustache.hpp>
#include <optional>
#include "server/pages/template_words.h"

namespace matinee::pages {
namespace {

namespace mustache = kainjow::mustache;

constexpr std::array<std::string_view, 11> page_names{"landing", "library", "live",    "rooms", "join", "room",
                                                      "signup",  "login",   "account", "setup", "error"};
constexpr int partial_depth_max = 8;

std::optional<std::string> read_text(const std::filesystem::path& path) {
  std::ifstream input(path, std::ios::binary);
  if (!input) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(input), std::istreambuf_iterator<char>());
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\n") - first + 1);
}

// The text of a page with its partials in place; nothing and a sentence in `error` when that cannot be.
class Assembler {
 public:
  Assembler(std::filesystem::path folder, std::string& error) : folder_(std::move(folder)), error_(error) {}

  std::optional<std::string> page(std::string_view name) { return assemble(folder_ / (std::string(name) + ".html"), 0); }

 private:
  std::optional<std::string> assemble(const std::filesystem::path& path, int depth) {
    const auto text = read_text(path);
    if (!text) return fail(path, "cannot be read");
    if (depth > partial_depth_max) return fail(path, "includes itself");
    if (text->find("{{{") != std::string::npos || text->find("{{&") != std::string::npos)
      return fail(path, "asks for output that is not escaped");
    std::string whole;
    std::size_t at = 0;
    for (std::size_t open = text->find("{{>"); open != std::string::npos; open = text->find("{{>", at)) {
      const std::size_t close = text->find("}}", open);
      if (close == std::string::npos) return fail(path, "has a tag that does not end");
      const std::string name(trimmed(std::string_view(*text).substr(open + 3, close - open - 3)));
      const auto part = assemble(folder_ / "partials" / (name + ".html"), depth + 1);
      if (!part) return std::nullopt;
      whole.append(*text, at, open - at).append(*part);
      at = close + 2;
    }
    return whole.append(*text, at);
  }

  std::optional<std::string> fail(const std::filesystem::path& path, const char* why) {
    if (error_.empty())
      error_ = "The template " + path.string() + " " + why + ". Give the folder of this version's templates with --templates.";
    return std::nullopt;
  }

  std::filesystem::path folder_;
  std::string& error_;
};

mustache::data to_data(const Model& model) {
  mustache::data data(mustache::data::type::object);
  for (const auto& entry : model.values()) {
    const Model::Value& value = entry.second;
    if (const auto* text = std::get_if<std::string>(&value)) {
      data.set(entry.first, *text);
    } else if (const auto* yes = std::get_if<bool>(&value)) {
      data.set(entry.first, *yes);
    } else {
      mustache::data list(mustache::data::type::list);
      for (const Model& item : std::get<Model::List>(value)) list.push_back(to_data(item));
      data.set(entry.first, list);
    }
  }
  return data;
}

}  // namespace

struct Templates::Parsed {
  // By language, then by name. The library's render() is not const, but without partials and lambdas it only reads.
  mutable std::map<std::string, std::map<std::string, mustache::mustache, std::less<>>, std::less<>> languages;
};

Templates::Templates(std::unique_ptr<Parsed> parsed) : parsed_(std::move(parsed)) {}
Templates::~Templates() = default;

std::unique_ptr<const Templates> Templates::load(const std::string& folder, const Strings& strings, std::string& error) {
  error.clear();
  auto parsed = std::make_unique<Parsed>();
  Assembler assembler(folder, error);
  for (std::string_view name : page_names) {
    const auto whole = assembler.page(name);
    if (!whole) return nullptr;
    const std::string file = "The template " + folder + "/" + std::string(name) + ".html ";
    for (const auto& words : strings.all()) {
      std::string text = *whole;
      std::string why;
      if (!put_words(text, *words, why)) {
        error = file + "or a part of it " + why + ".";
        return nullptr;
      }
      mustache::mustache page(text);
      if (!page.is_valid()) {
        error = file + "cannot be understood: " + page.error_message() + ".";
        return nullptr;
      }
      parsed->languages[std::string(words->tag())].emplace(name, std::move(page));
    }
  }
  return std::unique_ptr<const Templates>(new Templates(std::move(parsed)));
}

std::string Templates::render(std::string_view page, const Words& words, const Model& model) const {
  const auto language = parsed_->languages.find(words.tag());
  assert(language != parsed_->languages.end());
  const auto found = language->second.find(page);
  assert(found != language->second.end());
  return found->second.render(to_data(model));
}

}  // namespace matinee::pages
