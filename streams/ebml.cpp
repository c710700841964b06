#include "streams/ebml.h"

#include <algorithm>
#include <bit>
#include <string_view>

namespace matinee::streams {
namespace {

namespace id {
constexpr std::uint32_t tick_ns = 0x2AD7B1, entry = 0xAE, number = 0xD7, codec = 0x86, configuration = 0x63A2;
constexpr std::uint32_t video = 0xE0, width = 0xB0, height = 0xBA;
}  // namespace id

constexpr std::uint64_t tick_ns_usual = 1'000'000, tick_ns_max = 1'000'000'000;

// The length of a number of variable size is the place of the first set bit; 0 has none.
std::size_t length_of(std::byte first) { return static_cast<std::size_t>(std::countl_zero(std::to_integer<std::uint8_t>(first))) + 1; }

std::uint64_t number_in(Bytes content) { return content.size() <= 8 ? ByteReader(content).number(content.size()) : 0; }
std::string_view text_in(Bytes content) {
  return {reinterpret_cast<const char*>(content.data()), content.size()};  // NOLINT: bytes as text
}

Codec codec_of(std::string_view name) {
  if (name == "V_VP8") return Codec::vp8;
  if (name == "V_VP9") return Codec::vp9;
  if (name == "V_AV1") return Codec::av1;
  if (name == "V_MPEG4/ISO/AVC") return Codec::h264;
  if (name == "V_MPEGH/ISO/HEVC") return Codec::hevc;
  if (name == "A_OPUS") return Codec::opus;
  if (name.starts_with("A_AAC")) return Codec::aac;
  return Codec::other;
}

std::optional<MediaTrack> read_entry(Bytes entry) {
  MediaTrack track;
  Bytes configuration;
  bool whole = true;
  whole = for_each_element(entry,
                           [&](std::uint32_t element, Bytes content) {
                             if (element == id::number) track.number = number_in(content);
                             else if (element == id::codec) track.codec = codec_of(text_in(content));
                             else if (element == id::configuration) configuration = content;
                             else if (element == id::video) {
                               whole = for_each_element(content,
                                                        [&](std::uint32_t inner, Bytes value) {
                                                          if (inner == id::width)
                                                            track.width = static_cast<std::uint32_t>(number_in(value));
                                                          else if (inner == id::height)
                                                            track.height = static_cast<std::uint32_t>(number_in(value));
                                                        }) &&
                                       whole;
                             }
                           }) &&
          whole;
  if (!whole || track.number == 0) return std::nullopt;
  track.codec_string = codec_string_of(track.codec, configuration);
  return track;
}

// Behind the head of a Block or SimpleBlock: track, time, flags.
std::optional<WebmBlockHead> read_block(Bytes content) {
  ByteReader reader(content);
  if (content.empty()) return std::nullopt;
  const std::size_t length = length_of(content[0]);
  if (length > 8) return std::nullopt;
  WebmBlockHead head;
  head.track = reader.number(length) ^ (std::uint64_t{1} << (7 * length));
  head.ticks = static_cast<std::int16_t>(reader.u16());
  head.key = (reader.u8() & 0x80) != 0;
  if (!reader.ok()) return std::nullopt;
  return head;
}

void put(std::vector<std::byte>& out, std::uint64_t value, std::size_t bytes) {
  while (bytes-- > 0) out.push_back(static_cast<std::byte>(value >> (8 * bytes)));
}

}  // namespace

HeadOutcome read_element_head(Bytes bytes, ElementHead& head) {
  if (bytes.empty()) return HeadOutcome::cut;
  const std::size_t id_bytes = length_of(bytes[0]);
  if (id_bytes > 4) return HeadOutcome::bad;
  if (bytes.size() <= id_bytes) return HeadOutcome::cut;
  const std::size_t size_bytes = length_of(bytes[id_bytes]);
  if (size_bytes > 8) return HeadOutcome::bad;
  if (bytes.size() < id_bytes + size_bytes) return HeadOutcome::cut;
  ByteReader reader(bytes);
  head.id = static_cast<std::uint32_t>(reader.number(id_bytes));
  const std::uint64_t marker = std::uint64_t{1} << (7 * size_bytes), size = reader.number(size_bytes) ^ marker;
  head.size = size == marker - 1 ? std::nullopt : std::optional(size);
  head.bytes = id_bytes + size_bytes;
  return HeadOutcome::whole;
}

bool for_each_element(Bytes content, const std::function<void(std::uint32_t, Bytes)>& call) {
  while (!content.empty()) {
    ElementHead head;
    if (read_element_head(content, head) != HeadOutcome::whole || !head.size || *head.size > content.size() - head.bytes) return false;
    call(head.id, content.subspan(head.bytes, static_cast<std::size_t>(*head.size)));
    content = content.subspan(head.bytes + static_cast<std::size_t>(*head.size));
  }
  return true;
}

std::optional<std::uint64_t> read_webm_tick_ns(Bytes info) {
  std::uint64_t tick_ns = tick_ns_usual;
  const bool whole = for_each_element(info, [&](std::uint32_t element, Bytes content) {
    if (element == id::tick_ns) tick_ns = number_in(content);
  });
  if (!whole || tick_ns == 0 || tick_ns > tick_ns_max) return std::nullopt;
  return tick_ns;
}

std::vector<MediaTrack> read_webm_tracks(Bytes tracks) {
  std::vector<MediaTrack> found;
  bool whole = true;
  whole = for_each_element(tracks,
                           [&](std::uint32_t element, Bytes content) {
                             if (element != id::entry) return;
                             if (auto track = read_entry(content)) found.push_back(std::move(*track));
                             else whole = false;
                           }) &&
          whole;
  if (!whole) found.clear();
  return found;
}

std::optional<WebmBlockHead> read_webm_block(Bytes element) {
  ElementHead head;
  if (read_element_head(element, head) != HeadOutcome::whole) return std::nullopt;
  const Bytes content = element.subspan(head.bytes);
  if (head.id == ebml_id::simple_block) return read_block(content);
  std::optional<WebmBlockHead> block;
  bool refers = false;  // to another picture
  const bool whole = for_each_element(content, [&](std::uint32_t inner, Bytes value) {
    if (inner == ebml_id::block) block = read_block(value);
    else if (inner == ebml_id::reference) refers = true;
  });
  if (!whole || !block) return std::nullopt;
  block->key = !refers;
  return block;
}

std::vector<std::byte> webm_init(Bytes header, std::uint64_t tick_ns, Bytes tracks) {
  static constexpr std::string_view application = "Matinee";
  std::vector<std::byte> out(header.begin(), header.end());
  put(out, ebml_id::segment, 4);
  put(out, 0x01FFFFFFFFFFFFFF, 8);
  // Not the publisher's Info: a duration in it would end the stream for players.
  put(out, ebml_id::info, 4);
  put(out, 0x80 | (8 + 2 * (3 + application.size())), 1);
  put(out, id::tick_ns, 3);
  put(out, 0x84, 1);
  put(out, tick_ns, 4);
  for (const std::uint64_t name : {0x4D80U, 0x5741U}) {  // MuxingApp, WritingApp
    put(out, name, 2);
    put(out, 0x80 | application.size(), 1);
    for (const char c : application) out.push_back(static_cast<std::byte>(c));
  }
  out.insert(out.end(), tracks.begin(), tracks.end());
  return out;
}

ClusterHead webm_cluster_head(std::uint64_t time_ticks) {
  std::vector<std::byte> out;
  out.reserve(std::tuple_size_v<ClusterHead>);
  put(out, ebml_id::cluster, 4);
  put(out, 0x01FFFFFFFFFFFFFF, 8);
  put(out, ebml_id::time, 1);
  put(out, 0x88, 1);
  put(out, time_ticks, 8);
  ClusterHead head;
  std::ranges::copy(out, head.begin());
  return head;
}

}  // namespace matinee::streams
