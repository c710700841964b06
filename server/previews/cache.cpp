#include "server/previews/cache.h"

namespace matinee::previews {
namespace {

constexpr std::size_t entry_overhead_bytes = 512;  // nodes and small texts, roughly

}  // namespace

void Cache::drop(Entries::iterator entry) {
  bytes_ -= entry->bytes;
  if (!entry->preview.picture_key.empty()) by_picture_.erase(entry->preview.picture_key);
  by_url_.erase(entry->url);
  entries_.erase(entry);
}

void Cache::put(const std::string& url, Preview preview, std::shared_ptr<const Picture> picture, std::int64_t good_until_ms) {
  if (const auto known = by_url_.find(url); known != by_url_.end()) drop(known->second);
  Entry entry{url, std::move(preview), std::move(picture), good_until_ms, 0};
  entry.bytes = entry_overhead_bytes + 2 * url.size() + entry.preview.title.size() + (entry.picture ? entry.picture->bytes.size() : 0);
  bytes_ += entry.bytes;
  entries_.push_front(std::move(entry));
  by_url_[url] = entries_.begin();
  if (!entries_.front().preview.picture_key.empty()) by_picture_[entries_.front().preview.picture_key] = entries_.begin();
  while (!entries_.empty() && (entries_.size() > entries_max_ || bytes_ > bytes_max_)) drop(std::prev(entries_.end()));
}

std::optional<Preview> Cache::find(const std::string& url, std::int64_t now_ms) {
  const auto known = by_url_.find(url);
  if (known == by_url_.end() || known->second->good_until_ms <= now_ms) return std::nullopt;
  entries_.splice(entries_.begin(), entries_, known->second);
  return known->second->preview;
}

std::string Cache::title(const std::string& url) const {
  const auto known = by_url_.find(url);
  return known == by_url_.end() ? std::string() : known->second->preview.title;
}

std::shared_ptr<const Picture> Cache::picture(const std::string& key) const {
  const auto known = by_picture_.find(key);
  return known == by_picture_.end() ? nullptr : known->second->picture;
}

}  // namespace matinee::previews
