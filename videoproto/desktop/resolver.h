// What a link becomes before it is opened: direct http(s) links as the room's link parser accepts them, YouTube by a command of the
// person's (yt-dlp), whose answer must be an http(s) link again. Never a device, a path or a pipeline of the decoder.
// Thread rule: any; resolve() waits for the command, up to limits::resolver_ms_max.
#pragma once
#include <optional>
#include <string>
#include <tl/expected.hpp>

namespace matinee::desktop {

enum class LinkKind : unsigned char { direct, youtube, refused };
struct ReadLink {
  LinkKind kind = LinkKind::refused;
  std::string url;       // canonical
  std::string sentence;  // refused: why
};
[[nodiscard]] ReadLink read_link(const std::string& link);

// The given command, else yt-dlp with its options when it is in PATH. Nothing: there is none.
[[nodiscard]] std::optional<std::string> find_resolver(const std::string& given);
// Runs the command with the link as its last argument (no shell sees the link) and takes the first line.
[[nodiscard]] tl::expected<std::string, std::string> resolve(const std::string& command, const std::string& url);

}  // namespace matinee::desktop
