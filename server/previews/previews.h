// Previews: what a link is, before it plays. Asks other sites on threads of its own, never on a shard; the same link asked by many is
// asked once; what was found is kept for a while.
// Thread rule: every method from any thread; answers come through the executor, exactly once, also when this is destroyed (then
// "busy"). Destroying it ends what is under way within about a second. Outlived by the loops of its executors.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include "rooms/media_ref.h"
#include "server/previews/cache.h"
#include "server/previews/fetcher.h"
#include "server/previews/preview.h"
#include "server/seams/executor.h"

namespace matinee::previews {

struct PreviewsOptions {
  std::string oembed_url;      // "https://www.youtube.com/oembed"
  bool local_network = false;  // links into the local network are looked at too
  std::string user_agent = "Matinee";
  std::function<std::int64_t()> now_ms;
  std::size_t workers = limits::workers;
  std::size_t queued_max = limits::queued_max;
};

class Previews {
 public:
  explicit Previews(PreviewsOptions options);
  ~Previews();
  Previews(const Previews&) = delete;
  Previews& operator=(const Previews&) = delete;

  // From memory alone.
  [[nodiscard]] std::optional<Preview> known(const rooms::MediaRef& media);
  [[nodiscard]] std::string title(const std::string& canonical_url);
  [[nodiscard]] std::shared_ptr<const Picture> picture(const std::string& key);

  // Nothing = too much is being asked just now.
  using Looked = std::function<void(std::optional<Preview>)>;
  void look(rooms::MediaRef media, seams::Executor executor, Looked done);

  using Subtitles = std::optional<tl::expected<std::string, Refusal>>;  // nothing = busy
  void subtitles(std::string url, seams::Executor executor, std::function<void(Subtitles)> done);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace matinee::previews
