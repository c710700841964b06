// StreamHub: one live stream between its publisher and everybody who watches it. Pictures are numbered here, kept as pool slots, and
// offered to each viewer's one-slot mailbox (newest wins); sound goes into one ring that every viewer reads at his own place.
// The hub outlives its publisher by 30 s, so that one who was cut off takes it up again and viewers stay.
// Thread rule: the loop's thread. Nothing is allocated per unit.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>
#include "rooms/ids.h"
#include "rooms/live.h"
#include "videoproto/adapt.h"
#include "videoproto/audio_ring.h"
#include "videoproto/control.h"
#include "videoproto/frame_pool.h"
#include "videoproto/mailbox.h"

namespace matinee::media {

// One viewer of one stream: a desktop window, a browser's WebSocket, an MJPEG answer.
class StreamViewer {
 public:
  virtual ~StreamViewer() = default;
  // Something may be taken now. Called inside publish: only note it, or take at once.
  virtual void on_unit() = 0;
  // online false: the publisher is lost and may come back; true: it came back.
  virtual void on_online(bool online) = 0;
  // Last: ended or stopped, or this viewer held pictures for too long (slow_consumer).
  virtual void on_end(videoproto::EosReason why, bool too_slow) = 0;
};

// A viewer's place in a stream; leaves the stream when destroyed. Move only.
class Viewing;

}  // namespace matinee::media
