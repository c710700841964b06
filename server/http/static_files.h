// Files of one folder, indexed and read into memory at start: a request looks a name up, it never becomes a path on disk.
// One content hash names the whole tree ("/static/{hash}/js/app.js"), so that modules import each other by relative paths and
// every URL may be cached for ever; the same names without the hash work too, revalidated by strong ETags.
// Text is held gzip-compressed beside its plain form. Immutable after load(): any thread.
#pragma once
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "server/http/request.h"
#include "server/http/response.h"

namespace matinee::http {

class StaticFiles {
 public:
  // `mount` as in "/static". On failure returns nullptr and one sentence in `error`. Several folders: later ones add to or
  // replace earlier ones (npm packages beside our own files).
  struct Folder {
    std::string path;
    std::string under = {};  // sub-folder of the mount: "vendor"
  };
  [[nodiscard]] static std::shared_ptr<const StaticFiles> load(std::string_view mount, const std::vector<Folder>& folders,
                                                               std::string& error);
  [[nodiscard]] static std::shared_ptr<const StaticFiles> load(std::string_view mount, const std::string& folder, std::string& error);
  ~StaticFiles();
  StaticFiles(const StaticFiles&) = delete;
  StaticFiles& operator=(const StaticFiles&) = delete;

  // "/static/0123456789abcdef/css/app.css". Asserts that the file exists.
  [[nodiscard]] std::string asset_url(std::string_view name) const;
  [[nodiscard]] bool contains(std::string_view name) const;
  [[nodiscard]] const std::string& hash() const;
  [[nodiscard]] std::size_t file_count() const;
  // The bytes of a file, for hashes of inline copies; empty when absent.
  [[nodiscard]] std::string_view content(std::string_view name) const;

  // `name` is what follows the mount, with or without the hash. GET and HEAD: 200, 206, 304, 404, 416.
  void serve(const Request& request, Responder responder, std::string_view name) const;

 private:
  struct Index;
  explicit StaticFiles(std::unique_ptr<Index> index);
  std::unique_ptr<Index> index_;
};

}  // namespace matinee::http
