// Everything the pages need, given by the composition root. References outlive the router that add_pages() fills.
// Thread rule: read-only after start. Handlers run on the loop that read the request and stay there: every slow answer comes back
// through that loop's executor.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>
#include "rooms/live.h"
#include "server/auth/accounts.h"
#include "server/auth/sessions.h"
#include "server/auth/throttle.h"
#include "server/seams/account_records.h"
#include "server/seams/recordings.h"
#include "server/seams/room_directory.h"
#include "server/seams/settings_store.h"
#include "server/seams/streams.h"
#include "server/seams/user_store.h"

namespace matinee::auth {
class FormTokens;
}
namespace matinee::http {
class StaticFiles;
}
namespace matinee::library {
class Library;
}
namespace matinee::net {
class Loop;
}
namespace matinee::ops {
class HostRules;
}
namespace matinee::previews {
class Previews;
}

namespace matinee::pages {

class Strings;
class Templates;

// What one loop has of its own.
struct LoopServices {
  auth::SessionService* sessions = nullptr;
  auth::Accounts* accounts = nullptr;
  seams::Executor executor;
};

// What a room tells people at its door.
struct RoomSummary {
  std::int64_t people = 0;
  std::string watching;   // title or host of what plays; empty = nothing
  std::string file = {};  // address of the video file that is on the stage; empty = nothing, or of another kind
  std::vector<rooms::LiveStream> live = {};
};

// Desktop programs, as far as pages speak of them.
struct DesktopVideo {
  // Asks the room's home shard; answers on `executor`. Nothing: the person is not in that room. Empty: too many pairings under way.
  // Empty function: this server has no video port.
  std::function<void(const std::string& code, const auth::Identity& who, const std::string& address, seams::Executor executor,
                     std::function<void(std::optional<std::string>)> done)>
      make_pair;
  std::int64_t port = 0;    // with TLS
  std::string short_print;  // 26 letters: the first half of the certificate's fingerprint
  std::int64_t pair_s = 0;  // how long a pairing holds
};

// What somebody who is in a room may do about its streams.
struct RoomStanding {
  seams::RoomId room;
  bool may_publish = false;
  bool may_edit = false;  // the room
};

// Streams that people set up, as far as pages speak of them.
struct StreamServices {
  seams::Streams* store = nullptr;  // never null once people are served
  // Asks the room's home shard; answers on `executor`. Nothing: the person is not in that room.
  std::function<void(const std::string& code, seams::UserId who, seams::Executor executor,
                     std::function<void(std::optional<RoomStanding>)> done)>
      standing;
  // Key, name or existence of one have changed. From any loop.
  std::function<void(seams::StreamId stream, const std::string& code)> changed;
  // Records one into the library of `who`, an account; answers on `executor` with the id of the item, when the room knows.
  struct RecordWish {
    seams::StreamId stream;
    std::string code;  // of its room
    seams::UserId who;
    std::string name;   // of that person
    std::string title;  // clean
  };
  std::function<void(RecordWish wish, seams::Executor executor, std::function<void(tl::expected<std::string, seams::RecordRefusal>)> done)>
      record;
  // … and ends that; false: it is not recorded.
  std::function<void(seams::StreamId stream, const std::string& code, seams::Executor executor, std::function<void(bool)> done)>
      stop_recording;
};

struct Services {
  const Strings& strings;
  const Templates& templates;
  const http::StaticFiles& static_files;
  const ops::HostRules& hosts;
  const auth::FormTokens& form_tokens;
  auth::Throttle& throttle;
  seams::UserStore& users;
  seams::SettingsStore& settings;
  seams::RoomDirectory& rooms;
  std::function<std::int64_t()> now_ms;
  std::function<LoopServices(net::Loop&)> at;
  // Asks the room's home shard; answers on `executor`, nothing when the room is not loaded or what goes on in it
  // is not for `viewer`. Empty = never known.
  std::function<void(const std::string& code, const rooms::Person& viewer, seams::Executor executor,
                     std::function<void(std::optional<RoomSummary>)> done)>
      room_summary;
  previews::Previews* previews = nullptr;  // nothing: links are not looked at
  library::Library* library = nullptr;     // nothing: this server keeps no videos
  bool signups_open = true;
  bool guests = true;
  std::string version;
  DesktopVideo desktop_video = {};
  seams::AccountRecords* account_records = nullptr;  // never null once people are served
  StreamServices streams = {};
  // A room whose stored data was changed beside whoever serves it. Empty: no room is served.
  std::function<void(const std::string& code)> reopen_room;
};

}  // namespace matinee::pages
