#include "server/http/static_files.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>

#include "server/http/content_types.h"
#include "server/http/file_answer.h"
#include "server/http/gzip.h"
#include "server/net/sha256.h"

namespace matinee::http {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t file_bytes_max = 32u * 1024 * 1024;
constexpr std::size_t files_max = 10'000;
constexpr std::size_t hash_characters = 16;

struct File {
  net::SharedBytes plain;
  net::SharedBytes compressed;  // null where it does not pay
  std::string hash;
  std::string_view content_type;
};

std::optional<std::string> read_whole(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  if (!in.good() && !in.eof()) return std::nullopt;
  return bytes;
}

File make_file(std::string_view name, std::string bytes) {
  constexpr std::size_t worth_compressing_bytes = 256;
  const ContentType type = content_type_of(name);
  File file;
  file.hash = net::sha256_hex(bytes).substr(0, 2 * hash_characters);
  file.content_type = type.value;
  if (type.compressible && bytes.size() >= worth_compressing_bytes) {
    std::string smaller = gzip(bytes);
    if (!smaller.empty() && smaller.size() < bytes.size() * 9 / 10) file.compressed = net::make_frame(std::move(smaller));
  }
  file.plain = net::make_frame(std::move(bytes));
  return file;
}

bool is_hidden(const fs::path& relative) {
  return std::any_of(relative.begin(), relative.end(), [](const fs::path& part) { return part.native().starts_with('.'); });
}

bool looks_like_hash(std::string_view text) {
  return text.size() == hash_characters && text.find_first_not_of("0123456789abcdef") == text.npos;
}

}  // namespace

struct StaticFiles::Index {
  std::string mount;
  std::string hash;
  std::map<std::string, File, std::less<>> files;

  bool add_folder(const Folder& folder, std::string& error) {
    std::error_code failure;
    auto it = fs::recursive_directory_iterator(folder.path, failure);
    if (failure) {
      error = "The folder of static files " + folder.path + " cannot be read: " + failure.message() + ".";
      return false;
    }
    for (const fs::directory_entry& entry : it) {
      const fs::path relative = entry.path().lexically_relative(folder.path);
      if (!entry.is_regular_file(failure) || is_hidden(relative)) continue;
      if (entry.file_size(failure) > file_bytes_max || files.size() >= files_max) {
        error = "There are too many or too large static files: " + entry.path().string() + ".";
        return false;
      }
      auto bytes = read_whole(entry.path());
      if (!bytes) {
        error = "The static file " + entry.path().string() + " cannot be read.";
        return false;
      }
      std::string name = (folder.under.empty() ? "" : folder.under + "/") + relative.generic_string();
      File file = make_file(name, std::move(*bytes));
      files.insert_or_assign(std::move(name), std::move(file));
    }
    return true;
  }

  void hash_tree() {
    std::string all;
    for (const auto& [name, file] : files) all.append(name).append("\n").append(file.hash).append("\n");
    hash = net::sha256_hex(all).substr(0, hash_characters);
  }
};

StaticFiles::StaticFiles(std::unique_ptr<Index> index) : index_(std::move(index)) {}
StaticFiles::~StaticFiles() = default;

std::shared_ptr<const StaticFiles> StaticFiles::load(std::string_view mount, const std::vector<Folder>& folders, std::string& error) {
  auto index = std::make_unique<Index>();
  index->mount = mount;
  for (const Folder& folder : folders)
    if (!index->add_folder(folder, error)) return nullptr;
  index->hash_tree();
  return std::shared_ptr<const StaticFiles>(new StaticFiles(std::move(index)));  // the constructor is private
}

std::shared_ptr<const StaticFiles> StaticFiles::load(std::string_view mount, const std::string& folder, std::string& error) {
  return load(mount, std::vector<Folder>{{folder}}, error);
}

std::string StaticFiles::asset_url(std::string_view name) const {
  if (!contains(name)) std::abort();  // a page names a file that is not there: found when the page is first made
  return index_->mount + "/" + index_->hash + "/" + std::string(name);
}

bool StaticFiles::contains(std::string_view name) const { return index_->files.find(name) != index_->files.end(); }
const std::string& StaticFiles::hash() const { return index_->hash; }
std::size_t StaticFiles::file_count() const { return index_->files.size(); }

std::string_view StaticFiles::content(std::string_view name) const {
  const auto found = index_->files.find(name);
  return found == index_->files.end() ? std::string_view{} : std::string_view(found->second.plain->bytes);
}

void StaticFiles::serve(const Request& request, Responder responder, std::string_view name) const {
  const std::string_view first = name.substr(0, name.find('/'));
  const bool hashed = looks_like_hash(first);
  // A page from before a restart asks by the old hash: it gets today's file, but nobody may keep that under the old name.
  const bool current = first == index_->hash;
  if (hashed && first.size() < name.size()) name.remove_prefix(first.size() + 1);
  const auto found = index_->files.find(name);
  if (found == index_->files.end()) return responder.send(Response::text(404, "There is no such file.\n"));
  const File& file = found->second;
  const bool small = file.compressed && request.header("range").empty() && accepts_gzip(request.header("accept-encoding"));
  FileAnswer answer;
  answer.etag = "\"" + file.hash + (small ? "-gz\"" : "\"");
  answer.content_type = file.content_type;
  answer.cache_control = current ? "public, max-age=31536000, immutable" : "no-cache";
  if (file.compressed) answer.extra.push_back({"Vary", "Accept-Encoding"});
  if (small) answer.extra.push_back({"Content-Encoding", "gzip"});
  answer_bytes(request, std::move(responder), answer, small ? file.compressed : file.plain);
}

}  // namespace matinee::http
