#include "streams/mp4_boxes.h"

namespace matinee::streams {
namespace {

constexpr std::uint32_t handler_video = box_type("vide"), handler_sound = box_type("soun");

Codec codec_of(std::uint32_t entry) {
  switch (entry) {
    case box_type("avc1"):
    case box_type("avc3"): return Codec::h264;
    case box_type("hvc1"):
    case box_type("hev1"): return Codec::hevc;
    case box_type("vp08"): return Codec::vp8;
    case box_type("vp09"): return Codec::vp9;
    case box_type("av01"): return Codec::av1;
    case box_type("mp4a"): return Codec::aac;
    case box_type("Opus"): return Codec::opus;
    case box_type(".mp3"): return Codec::mp3;
    default: return Codec::other;
  }
}

// The content of a descriptor (ISO/IEC 14496-1, 8.3.3) with this tag; its length comes in pieces of seven bits.
Bytes descriptor(ByteReader& reader, std::uint8_t tag) {
  if (reader.u8() != tag) return {};
  std::size_t length = 0;
  for (int i = 0; i < 4; ++i) {
    const std::uint8_t piece = reader.u8();
    length = (length << 7) | (piece & 0x7FU);
    if ((piece & 0x80) == 0) break;
  }
  return reader.take(length);
}

// esds: an elementary stream, in it how to decode it, in that the AudioSpecificConfig.
Bytes audio_config(Bytes esds) {
  ByteReader outer(esds);
  outer.skip(4);
  ByteReader stream(descriptor(outer, 0x03));
  stream.skip(2);
  if ((stream.u8() & 0xE0) != 0) return {};  // optional fields that nobody writes
  ByteReader decoder(descriptor(stream, 0x04));
  decoder.skip(13);
  return descriptor(decoder, 0x05);
}

// stsd: only the first entry counts.
bool read_sample_entry(Bytes stsd, std::uint32_t handler, MediaTrack& track) {
  ByteReader reader(stsd);
  reader.skip(8);
  const std::uint32_t size = reader.u32(), type = reader.u32();
  if (!reader.ok() || size < 8) return false;
  ByteReader entry(reader.take(size - 8));
  track.codec = codec_of(type);
  entry.skip(8);
  if (handler == handler_video) {
    entry.skip(16);
    track.width = entry.u16();
    track.height = entry.u16();
    entry.skip(50);
  } else {
    entry.skip(20);
  }
  if (!entry.ok()) return false;
  Bytes configuration;
  // Some write four zero bytes behind the last box: what was found counts.
  static_cast<void>(for_each_box(entry.rest(), [&](std::uint32_t box, Bytes content) {
    if (box == box_type("avcC") || box == box_type("hvcC") || box == box_type("vpcC") || box == box_type("av1C")) configuration = content;
    else if (box == box_type("esds")) configuration = audio_config(content);
  }));
  track.codec_string = codec_string_of(track.codec, configuration);
  return true;
}

// A box whose fields are four or eight bytes long by its version: skips what comes before the field that is wanted.
ByteReader after_times(Bytes content) {
  ByteReader reader(content);
  const std::uint8_t version = reader.u8();
  reader.skip(3 + (version == 1 ? 16 : 8));  // created, modified
  return reader;
}

bool read_media(Bytes mdia, MediaTrack& track) {
  std::uint32_t handler = 0;
  Bytes stsd;
  bool whole = true;
  const auto table = [&](std::uint32_t type, Bytes content) {
    if (type == box_type("stsd")) stsd = content;
  };
  const auto information = [&](std::uint32_t type, Bytes content) {
    if (type == box_type("stbl")) whole = for_each_box(content, table) && whole;
  };
  const bool row = for_each_box(mdia, [&](std::uint32_t type, Bytes content) {
    if (type == box_type("mdhd")) {
      ByteReader reader = after_times(content);
      track.timescale = reader.u32();
    } else if (type == box_type("hdlr")) {
      ByteReader reader(content);
      reader.skip(8);
      handler = reader.u32();
    } else if (type == box_type("minf")) {
      whole = for_each_box(content, information) && whole;
    }
  });
  if (!row || !whole || track.timescale == 0) return false;
  if (handler != handler_video && handler != handler_sound) return true;
  return read_sample_entry(stsd, handler, track);
}

bool read_track(Bytes trak, MediaTrack& track) {
  bool media = false;
  const bool row = for_each_box(trak, [&](std::uint32_t type, Bytes content) {
    if (type == box_type("tkhd")) {
      ByteReader reader = after_times(content);
      track.number = reader.u32();
    } else if (type == box_type("mdia")) {
      media = read_media(content, track);
    }
  });
  return row && media && track.number != 0;
}

}  // namespace

bool for_each_box(Bytes content, const std::function<void(std::uint32_t, Bytes)>& call) {
  ByteReader reader(content);
  while (reader.left() > 0) {
    std::uint64_t size = reader.u32(), head = 8;
    const std::uint32_t type = reader.u32();
    if (size == 1) {
      size = reader.u64();
      head = 16;
    }
    if (!reader.ok() || size < head || size - head > reader.left()) return false;
    call(type, reader.take(static_cast<std::size_t>(size - head)));
  }
  return true;
}

std::optional<Mp4Init> read_moov(Bytes moov) {
  Mp4Init init;
  bool whole = true;
  const auto extension = [&](std::uint32_t type, Bytes content) {
    if (type != box_type("trex")) return;
    ByteReader reader(content);
    reader.skip(4);
    SampleDefaults defaults{reader.u32(), 0, 0};
    reader.skip(4);
    defaults.duration = reader.u32();
    reader.skip(4);
    defaults.flags = reader.u32();
    if (reader.ok()) init.defaults.push_back(defaults);
    else whole = false;
  };
  const bool row = for_each_box(moov, [&](std::uint32_t type, Bytes content) {
    if (type == box_type("trak")) {
      MediaTrack track;
      if (read_track(content, track)) init.tracks.push_back(std::move(track));
      else whole = false;
    } else if (type == box_type("mvex")) {
      init.fragmented = true;
      whole = for_each_box(content, extension) && whole;
    }
  });
  if (!row || !whole || init.tracks.empty()) return std::nullopt;
  return init;
}

}  // namespace matinee::streams
