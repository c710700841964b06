// Pasted text → MediaRef, or a reason a person understands. Target rooms_links: the one part of rooms/ that uses a URL library.
// Accepts every common form of YouTube link, direct http(s) media files, and what is on this server: videos of the library ("/library/ID")
// and live streams ("/live/ID", a number) under any host, which become that path alone, because people reach one server under several
// names; refuses look-alike hosts, user-info, other schemes. Whether the stream is there is for the room to say.
// A link that stands among words is found.
// Source of the forms: YouTube's own share dialog and embed documentation; RFC 3986. Pure, fuzzed (tests/fuzz/fuzz_media_link.cpp).
#pragma once
#include <string_view>
#include "rooms/media_ref.h"
#include "rooms/result.h"

namespace matinee::rooms {

// Fails with bad_media and one of these details: empty, too_long, not_a_link, scheme, user_info, look_alike, no_video_id,
// bad_video_id, not_media, not_playable, several_links, bad_host, bad_port.
[[nodiscard]] Result<MediaRef> parse_media_link(std::string_view pasted);

// The sentence for a detail of the above, or of a room that cannot play a stream: "This link's host only looks like YouTube."
[[nodiscard]] std::string_view media_link_sentence(std::string_view detail);

}  // namespace matinee::rooms
