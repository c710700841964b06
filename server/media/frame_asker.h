// Who of the connected desktops is asked to send the frames of the room's own video, so that a window can show it on the others.
// Asked in this order: a client of the person who put the video on, then the others in the order in which they came who allowed it; only
// who may go live. The next one after DECLINE or 5 s. One who answers late is taken as long as nobody else was quicker: opening
// a link takes its time.
//
//            something plays and two desktops are here          PUBLISH answers an ASK
//   ┌────┐ ─────────────────────────────────────────▶ ┌──────┐ ───────────────────────▶ ┌────┐
//   │none│                                            │asking│ ◀─────────────────────── │live│   the stream ended: its client is not
//   └────┘ ◀───────────────────────────────────────── └──────┘                          └────┘   asked for this video again
//      ▲      nothing plays, or one desktop is left    │    ▲                              │
//      │                            nobody more to ask ▼    │ somebody came                │
//      │                                             ┌──────┐                              │
//      ├──────────────────────────────────────────── │nobody│ ──── a late answer ────────▶ │
//      │                                             └──────┘                              │
//      └─────────────────── another video, or one desktop left for 5 s: STOP ──────────────┘
//
// Pure; on the room's thread. Times are ms of one monotonic clock of the caller.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include "rooms/ids.h"
#include "rooms/live.h"

namespace matinee::media {

struct AskCandidate {
  std::uint64_t client = 0;
  rooms::PersonId person;
  bool may_publish = false;  // in this room
  bool allowed = false;      // be asked for what others put on; for their own click nobody needs to allow it
};

// What the room is like now. Candidates: every desktop, in the order in which they came.
struct AskContext {
  std::string_view link;  // of the room's video; empty = nothing is on
  rooms::PersonId put_on_by;
  std::span<const AskCandidate> desktops;
  bool stream_there = false;  // of the room's video, or its publisher is lost for less than 30 s
};

struct AskStep {
  bool stop_stream = false;
  struct Question {
    std::uint64_t client = 0;
    std::int64_t ask = 0;
  };
  std::optional<Question> question;  // send ASK
};

class FrameAsker {
 public:
  // To be called after every change of the context and now and then.
  [[nodiscard]] AskStep update(const AskContext& context, std::int64_t now_ms);
  // The client was asked this for the video that is on now.
  [[nodiscard]] bool was_asked(std::int64_t ask, std::uint64_t client) const;
  void declined(std::int64_t ask, std::uint64_t client);
  [[nodiscard]] rooms::VideoFrames frames() const { return frames_; }

 private:
  struct Asking {
    std::uint64_t client = 0;
    std::int64_t until_ms = 0;
  };
  void begin_video(const AskContext& context);
  [[nodiscard]] bool still_waits(const AskContext& context, std::int64_t now_ms) const;
  [[nodiscard]] bool may_ask(const AskCandidate& desktop) const;
  [[nodiscard]] const AskCandidate* next(const AskContext& context) const;

  rooms::VideoFrames frames_ = rooms::VideoFrames::none;
  std::string link_;
  rooms::PersonId put_on_by_;
  std::optional<Asking> asking_;
  std::unordered_map<std::uint64_t, std::int64_t> asked_;  // client → its question about this video
  std::int64_t last_ask_ = 0;
  std::optional<std::int64_t> alone_since_ms_;
};

}  // namespace matinee::media
