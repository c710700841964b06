// WebM for tests: a sink that keeps everything, and elements written by hand.
#pragma once
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "streams/ebml_scanner.h"
#include "tests/streams/clips.h"

namespace matinee::streams::test {

struct WebmRecord final : WebmSink {
  struct Block {
    WebmBlock head;
    Buffer element;
  };
  std::vector<MediaTrack> tracks;
  Buffer init;
  std::size_t inits = 0;
  std::vector<Block> blocks;
  void on_init(const std::vector<MediaTrack>& found, Bytes bytes) override {
    tracks = found;
    init.assign(bytes.begin(), bytes.end());
    ++inits;
  }
  void on_block(const WebmBlock& block) override {
    blocks.push_back({block, Buffer(block.element.begin(), block.element.end())});
    blocks.back().head.element = {};
  }

  // What a viewer gets who begins with block `first`.
  [[nodiscard]] Buffer from(std::size_t first) const {
    Buffer out = init;
    for (std::size_t i = first; i < blocks.size(); ++i) {
      if (i == first || blocks[i].head.begins_cluster) {
        const ClusterHead head = webm_cluster_head(blocks[i].head.cluster_time);
        out.insert(out.end(), head.begin(), head.end());
      }
      out.insert(out.end(), blocks[i].element.begin(), blocks[i].element.end());
    }
    return out;
  }
  [[nodiscard]] std::string trace() const {
    std::string text = std::to_string(inits) + " inits of " + std::to_string(init.size());
    for (const Block& block : blocks) {
      text += "\n" + std::to_string(block.head.position) + " " + std::to_string(block.head.track) + (block.head.key ? "K " : " ") +
              std::to_string(block.head.time_us) + (block.head.begins_cluster ? " C" : " ") + std::to_string(block.element.size());
    }
    return text;
  }
};

struct WebmRun {
  WebmRecord record;
  std::optional<WebmError> error;
  std::size_t held = 0;
};
inline WebmRun scan_webm(Bytes bytes, std::optional<unsigned> seed = {}) {
  WebmRun run;
  EbmlScanner scanner(run.record);
  const auto feed = [&](Bytes piece) { run.error = scanner.feed(piece); };
  if (seed) in_pieces(bytes, *seed, feed);
  else feed(bytes);
  run.held = scanner.held_bytes();
  return run;
}

inline Buffer number(std::uint64_t value, std::size_t bytes) {
  Buffer out;
  while (bytes-- > 0) out.push_back(static_cast<std::byte>(value >> (8 * bytes)));
  return out;
}
inline Buffer join(std::initializer_list<Bytes> parts) {
  Buffer out;
  for (const Bytes part : parts) out.insert(out.end(), part.begin(), part.end());
  return out;
}
// The head of an element that says it has so many bytes.
inline Buffer element_head(std::uint32_t id, std::uint64_t size) {
  const std::size_t id_bytes = id > 0xFFFFFF ? 4 : id > 0xFFFF ? 3 : id > 0xFF ? 2 : 1;
  return join({number(id, id_bytes), number((std::uint64_t{1} << 56) | size, 8)});
}
inline Buffer element(std::uint32_t id, Bytes content) { return join({element_head(id, content.size()), content}); }
inline Buffer open_element(std::uint32_t id) { return element_head(id, (std::uint64_t{1} << 56) - 1); }

inline Buffer track_entry(std::uint64_t track) {
  const std::string codec = "V_VP8";
  return element(0xAE, join({element(0xD7, number(track, 1)), element(0x86, std::as_bytes(std::span(codec)))}));
}
inline Buffer simple_block(std::size_t content_bytes = 10, std::int16_t ticks = 0) {
  Buffer content = join({number(0x81, 1), number(static_cast<std::uint16_t>(ticks), 2), number(0x80, 1)});
  content.resize(content_bytes);
  return element(ebml_id::simple_block, content);
}
// As far as the first cluster, whose time is `time`.
inline Buffer webm_front(std::size_t tracks = 1, std::uint64_t time = 0, std::uint64_t tick_ns = 1'000'000) {
  Buffer entries;
  for (std::size_t i = 1; i <= tracks; ++i) entries = join({entries, track_entry(i)});
  return join({element(ebml_id::header, {}), open_element(ebml_id::segment), element(ebml_id::info, element(0x2AD7B1, number(tick_ns, 8))),
               element(ebml_id::tracks, entries), open_element(ebml_id::cluster), element(ebml_id::time, number(time, 8))});
}

}  // namespace matinee::streams::test
