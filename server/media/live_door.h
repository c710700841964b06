// What every request about a stream is asked first: who it is from, by cookie or view token, and where the stream's home is.
// Thread rule: immutable after construction. Called on the request's loop, answers there.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "server/media/live_routes.h"
#include "server/media/live_watch.h"

namespace matinee::media {

// "7" of a path; nothing for any other spelling, so that a stream has one address.
[[nodiscard]] std::optional<std::int64_t> read_stream(std::string_view text);

class LiveDoor : public std::enable_shared_from_this<LiveDoor> {
 public:
  explicit LiveDoor(LiveServices services) : services_(std::move(services)) {}

  // Nothing: neither a session nor a token of this stream that was ever good.
  void find_asker(const http::Request& request, net::Loop& loop, std::int64_t stream,
                  std::function<void(std::optional<LiveAsker>)> done) const;
  // The relay at the stream's home. A stream that is not stored is looked for where it cannot be, and not found there.
  void find_home(net::Loop& loop, std::int64_t stream, std::function<void(Relay&)> done) const;

 private:
  const LiveServices services_;
};

}  // namespace matinee::media
