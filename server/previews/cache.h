// What is known of links, by their canonical URL: bounded in entries and bytes, the least recently used goes first, each with its own
// time to live. Pictures are found by a random key, so nobody can ask whether a video was looked at.
// Thread rule: its owner's lock.
#pragma once
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include "server/previews/preview.h"

namespace matinee::previews {

struct Picture {
  std::string bytes;
  std::string type;  // image/jpeg, image/png or image/webp
};

class Cache {
 public:
  Cache(std::size_t entries_max, std::size_t bytes_max) : entries_max_(entries_max), bytes_max_(bytes_max) {}

  void put(const std::string& url, Preview preview, std::shared_ptr<const Picture> picture, std::int64_t good_until_ms);
  [[nodiscard]] std::optional<Preview> find(const std::string& url, std::int64_t now_ms);
  [[nodiscard]] std::string title(const std::string& url) const;  // also when it is old; empty = not known
  [[nodiscard]] std::shared_ptr<const Picture> picture(const std::string& key) const;
  [[nodiscard]] std::size_t size() const { return by_url_.size(); }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }

 private:
  struct Entry {
    std::string url;
    Preview preview;
    std::shared_ptr<const Picture> picture;  // shared with answers that are being sent
    std::int64_t good_until_ms = 0;
    std::size_t bytes = 0;
  };
  using Entries = std::list<Entry>;  // the most recently used first
  void drop(Entries::iterator entry);

  std::size_t entries_max_;
  std::size_t bytes_max_;
  std::size_t bytes_ = 0;
  Entries entries_;
  std::unordered_map<std::string, Entries::iterator> by_url_;
  std::unordered_map<std::string, Entries::iterator> by_picture_;
};

}  // namespace matinee::previews
