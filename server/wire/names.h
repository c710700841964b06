// Wire names of the enumerations that rooms/ does not name itself. Internal to server/wire. Pure.
#pragma once
#include <optional>
#include <string_view>
#include "rooms/live.h"
#include "rooms/media_ref.h"
#include "rooms/person.h"
#include "rooms/playback.h"

namespace matinee::wire {

[[nodiscard]] constexpr std::string_view name_of(rooms::PersonKind kind) {
  return kind == rooms::PersonKind::account ? "account" : "guest";
}

[[nodiscard]] constexpr std::string_view name_of(rooms::MediaKind kind) {
  switch (kind) {
    case rooms::MediaKind::youtube: return "youtube";
    case rooms::MediaKind::file: return "file";
    case rooms::MediaKind::hls: return "hls";
    case rooms::MediaKind::stream: return "stream";
  }
  return "file";
}

[[nodiscard]] constexpr std::string_view name_of(rooms::LiveKind kind) {
  switch (kind) {
    case rooms::LiveKind::camera: return "camera";
    case rooms::LiveKind::screen: return "screen";
    case rooms::LiveKind::file: return "file";
    case rooms::LiveKind::link: return "link";
    case rooms::LiveKind::feed: return "feed";
  }
  return "file";
}

[[nodiscard]] constexpr std::string_view name_of(rooms::VideoFrames frames) {
  switch (frames) {
    case rooms::VideoFrames::none: return "none";
    case rooms::VideoFrames::asking: return "asking";
    case rooms::VideoFrames::live: return "live";
    case rooms::VideoFrames::nobody: return "nobody";
  }
  return "none";
}

[[nodiscard]] inline std::optional<rooms::WaitPolicy> policy_from(std::string_view name) {
  for (const auto policy : {rooms::WaitPolicy::free, rooms::WaitPolicy::fair, rooms::WaitPolicy::strict})
    if (rooms::to_string(policy) == name) return policy;
  return std::nullopt;
}

[[nodiscard]] inline std::optional<rooms::Phase> phase_from(std::string_view name) {
  for (const auto phase : {rooms::Phase::idle, rooms::Phase::waiting, rooms::Phase::playing, rooms::Phase::paused})
    if (rooms::to_string(phase) == name) return phase;
  return std::nullopt;
}

[[nodiscard]] inline std::optional<rooms::MediaKind> media_kind_from(std::string_view name) {
  for (const auto kind : {rooms::MediaKind::youtube, rooms::MediaKind::file, rooms::MediaKind::hls, rooms::MediaKind::stream})
    if (name_of(kind) == name) return kind;
  return std::nullopt;
}

}  // namespace matinee::wire
